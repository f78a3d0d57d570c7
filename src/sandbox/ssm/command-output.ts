/** How much of a command's output is shown, and how it says that there was more (amazon-ssm-agent, iohandler.go). */

/** GetCommandInvocation: StandardOutputContent and StandardErrorContent. */
export const MOST_STDOUT = 24_000;
export const MOST_STDERR = 8_000;
const TRUNCATED = '--output truncated--';

/** CommandPlugin.Output, which ListCommandInvocations shows: both streams in one. */
const MOST_PLUGIN_OUTPUT = 2_500;
const OUTPUT_TRUNCATED = '\n---Output truncated---';
const ERROR_TRUNCATED = '\n---Error truncated----';
const ERROR_TITLE = '\n----------ERROR-------\n';

export function firstOf(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - TRUNCATED.length)}${TRUNCATED}`;
}

export function pluginOutput(stdout: string, stderr: string): string {
  const title = stderr ? ERROR_TITLE : '';
  const space = MOST_PLUGIN_OUTPUT - title.length;
  if (stdout.length + stderr.length < space) return `${stdout}${title}${stderr}`;
  if (stdout.length > space / 2 && stderr.length > space / 2) {
    const half = Math.floor((space - OUTPUT_TRUNCATED.length - ERROR_TRUNCATED.length) / 2);
    return `${stdout.slice(0, half)}${OUTPUT_TRUNCATED}${title}${stderr.slice(0, half)}${ERROR_TRUNCATED}`;
  }
  if (stdout.length < space / 2) {
    const left = space - ERROR_TRUNCATED.length - stdout.length;
    return `${stdout}${title}${stderr.slice(0, left)}${ERROR_TRUNCATED}`;
  }
  const left = space - OUTPUT_TRUNCATED.length - stderr.length;
  return `${stdout.slice(0, left)}${OUTPUT_TRUNCATED}${title}${stderr}`;
}
