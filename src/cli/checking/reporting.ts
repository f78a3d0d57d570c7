/** `--report`: what `verify` found as a page, above all where it found something wrong. */
import { WizardError } from '../../errors.ts';
import { reportPage } from '../../output/report/page.ts';
import { resultOf } from '../../output/result.ts';
import { readPicture } from './picturing.ts';
import type { Project } from '../opening/project.ts';
import type { ReportFile } from './report-file.ts';
import type { Session } from '../session.ts';

/** Once the checks have ended, and before their failure ends the run. */
export async function reportOn(
  checking: Promise<void>,
  file: ReportFile,
  project: Project,
  session: Session,
): Promise<void> {
  const failure = await checking.then(() => undefined, checkFailed);
  const { clock, command, output, record } = session;
  const { caches } = record.reading;
  const picture = await readPicture(project, caches);
  const result = resultOf(command, record.facts(0), failure?.exitCode ?? 0, failure);
  try {
    file.write(reportPage({ result, picture, at: clock.now() }));
    output.say([`Report: ${file.path}`]);
  } catch (error) {
    // What the checks say is worth more than the page about it.
    if (!failure || !(error instanceof WizardError)) throw error;
    session.emit({ type: 'warning', code: 'ReportNotWritten', message: error.message });
  }
  if (failure) throw failure;
}

/** Anything else has ended the checks before they could tell. */
function checkFailed(error: unknown): WizardError {
  if (error instanceof WizardError && error.code === 'CheckFailed') return error;
  throw error;
}
