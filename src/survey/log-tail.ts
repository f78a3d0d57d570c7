/** The end of a log file on an instance, by Systems Manager Run Command. */
import type { SsmCommands } from '../aws/ssm-commands.ts';
import type { Clock } from '../clock.ts';
import { isOver, type Invocation } from '../domain/invocation.ts';

const POLL_MS = 1_500;
const POLLS = 80;
/** Systems Manager API reference, SendCommand.Comment. */
const LONGEST_COMMENT = 100;

export interface TailedFile {
  readonly instanceId: string;
  readonly logFile: string;
  readonly lines: number;
  /** By which the command is found again. */
  readonly comment: string;
  /** Only lines with one of these; none: every line. */
  readonly phrases?: readonly string[];
}

/** Undefined: Systems Manager does not reach the instance. */
export async function readTail(
  file: TailedFile,
  { aws, clock }: { readonly aws: { readonly commands: SsmCommands }; readonly clock: Clock },
  signal: AbortSignal,
): Promise<Invocation | undefined> {
  const { instanceId, comment } = file;
  const commandId = await aws.commands.send({
    instanceId,
    lines: [commandOf(file)],
    comment: comment.slice(0, LONGEST_COMMENT),
    executionSeconds: 60,
  });
  if (commandId === undefined) return undefined;
  for (let poll = 0; poll < POLLS; poll += 1) {
    await clock.sleep(POLL_MS, signal);
    const now = await aws.commands.read(commandId, instanceId);
    if (now && isOver(now)) return now;
  }
  return undefined;
}

/** Sifted there: of what a command writes, Systems Manager hands over 24,000 characters (GetCommandInvocation). */
function commandOf({ logFile, lines, phrases = [] }: TailedFile): string {
  const path = quoted(logFile);
  if (phrases.length === 0) return `tail -n ${lines} ${path}`;
  const terms = phrases.map((phrase) => `-e ${quoted(phrase)}`).join(' ');
  // A file without such a line is no failure, and one that cannot be read is.
  return `test -r ${path} || { echo "it is not there, or may not be read" >&2; exit 1; }; grep -F ${terms} ${path} | tail -n ${lines}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
