/** Where `--report` writes to: looked at before anything is asked, so that no answer is lost for a wrong path. */
import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WizardError } from '../../errors.ts';
import { GENERATOR } from '../../output/report/page.ts';

export interface ReportFile {
  readonly path: string;
  write(page: string): void;
}

export function reportFile(path: string): ReportFile {
  const reason = obstacle(path);
  if (reason !== undefined) {
    throw new WizardError('InvalidInput', `--report ${path}: ${reason}`, {
      hint: 'Name a file that is not there yet, or an earlier report.',
    });
  }
  return {
    path,
    write: (page) => {
      try {
        writeFileSync(path, page);
      } catch (cause) {
        throw new WizardError('OperationFailed', `Writing the report ${path}: ${messageOf(cause)}`, {
          cause,
        });
      }
    },
  };
}

/** Nothing of anybody's is overwritten, so what is there must be a report, or empty. */
function obstacle(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return folderObstacle(dirname(resolve(path)));
    if (found.isDirectory()) return 'it is a directory';
    if (!found.isFile()) return 'it is no file';
    accessSync(path, constants.W_OK);
    const isOurs = found.size === 0 || readFileSync(path, 'utf8').slice(0, 1_000).includes(GENERATOR);
    return isOurs ? undefined : 'there is a file already, and it is no report';
  } catch (error) {
    return `it cannot be written (${messageOf(error)})`;
  }
}

function folderObstacle(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return `there is no directory ${folder}`;
  accessSync(folder, constants.W_OK);
  return undefined;
}

/** 'EACCES: permission denied, …', or its code alone. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
