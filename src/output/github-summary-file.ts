/** The file in which GitHub Actions looks for a step's summary. That it cannot be written fails no run. */
import { appendFileSync, statSync } from 'node:fs';

/** "$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k": then nothing of it is shown. */
const LIMIT = 1024 * 1024;
const CUT = '\n_The rest was too long for a summary; the log has it._\n';

/** Why it could not be written; undefined: it was. */
export function appendSummary(path: string | undefined, summary: string): string | undefined {
  if (path === undefined || path === '') {
    return 'There is no job summary: GITHUB_STEP_SUMMARY names no file, as it does in a step of GitHub Actions';
  }
  try {
    const taken = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    appendFileSync(path, fitted(summary, LIMIT - taken));
    return undefined;
  } catch (error) {
    return `There is no job summary: ${(error as NodeJS.ErrnoException).message}`;
  }
}

/** At the end of a line, so that no cell or letter is torn. */
function fitted(summary: string, room: number): string {
  if (Buffer.byteLength(summary) <= room) return summary;
  let size = Buffer.byteLength(CUT);
  if (size > room) return '';
  const lines: string[] = [];
  for (const line of summary.split('\n')) {
    size += Buffer.byteLength(line) + 1;
    if (size > room) break;
    lines.push(line);
  }
  return `${lines.join('\n')}${CUT}`;
}
