/** What the runner of GitHub Actions reads in a job's log ("Workflow commands for GitHub Actions"). */

export type Severity = 'error' | 'warning' | 'notice';

export function annotation(severity: Severity, title: string, lines: readonly string[]): string {
  return `::${severity} title=${escapedProperty(title)}::${escapedData(lines.join('\n'))}`;
}

export function groupBegin(title: string): string {
  return `::group::${escapedData(title)}`;
}

export const GROUP_END = '::endgroup::';

/** The runner would obey what others have written, in a log or in a name: its older commands anywhere in a line. */
export function inert(line: string): string {
  return line.replaceAll('##[', '## [').replace(/^(\s*):(?=:)/gm, '$1: ');
}

/** As the toolkit's own command.ts. */
function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
