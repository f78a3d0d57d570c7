/** What does the app itself say about Redis, in the end of its log file on each instance? */
import { maskPasswords } from '../../domain/connection.ts';
import { reasonOf } from '../../domain/invocation.ts';
import type { AppInstance } from '../../domain/instance-app.ts';
import type { CheckResult } from '../../domain/check.ts';
import { readTail } from '../../survey/log-tail.ts';
import type { Check } from '../check.ts';
import { RESTART_IT, type InstanceCheckContext } from '../instance-context.ts';
import { fail, inconclusive, pass, question, skip, together } from '../question.ts';
import { symptomOf } from './symptoms.ts';

/** A log has no times that everybody could read: what the app said last is at its end. */
const LINES = 400;
const READS = 5;
const BETWEEN_READS_MS = 3_000;

export function instanceLogs(
  context: Pick<InstanceCheckContext, 'app' | 'aws' | 'clock' | 'consumer' | 'settings' | 'awaitsRestart'>,
): Check {
  const { app, aws, clock, consumer, settings } = context;
  const { logPattern } = settings.proof;
  const success = new RegExp(logPattern);
  const comment = `elasticache-wizard logs ${settings.project}`;

  /** An app may connect late. */
  async function ask(instance: AppInstance, logFile: string, signal: AbortSignal): Promise<CheckResult> {
    const { instanceId, agent } = instance;
    if (agent !== 'online') return skip(`${instanceId}: ${agent.missing}`);
    for (let reads = 1; ; reads += 1) {
      const ended = await readTail({ instanceId, logFile, lines: LINES, comment }, { aws, clock }, signal);
      if (ended?.status !== 'Success') {
        const why = ended ? reasonOf(ended) : 'Systems Manager does not reach it';
        return inconclusive(
          `${instanceId}: ${logFile} could not be read: ${why}`,
          'Name the file: --log-file.',
        );
      }
      const answer = verdict(instanceId, ended.stdout.split('\n'));
      if (answer.outcome === 'pass' || reads === READS) return answer;
      await clock.sleep(BETWEEN_READS_MS, signal);
    }
  }

  function verdict(instanceId: string, lines: readonly string[]): CheckResult {
    const connectedAt = lines.findLastIndex((line) => success.test(line));
    for (const line of lines.slice(connectedAt + 1).reverse()) {
      const symptom = symptomOf(line);
      if (!symptom) continue;
      const { word, meaning, fix } = symptom;
      return fail(
        `${instanceId} logs ${word}: ${meaning} (“${maskPasswords(line).trim().slice(0, 120)}”)`,
        fix,
      );
    }
    if (connectedAt !== -1) return pass(`${instanceId}: “${logPattern}”, and no error after it`);
    return inconclusive(
      `${instanceId}: “${logPattern}” is not in the last ${LINES} lines, and no known error`,
      'The app may say it in other words: --log-pattern.',
    );
  }

  return question('logs', async (signal) => {
    const { logFile } = consumer;
    if (logFile === undefined) return skip('no log file was named: --log-file');
    if (context.awaitsRestart)
      return inconclusive('the app has not been restarted with the new values', RESTART_IT);
    return together(await Promise.all(app.instances.map((instance) => ask(instance, logFile, signal))));
  });
}
