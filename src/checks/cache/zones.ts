/** One zone of the app that is cut off from the cache while another is well: its own network is the cause. */
import type { CheckResult } from '../../domain/check.ts';
import { explainPing } from '../../domain/ping.ts';
import type { ProbeReport } from '../../domain/probe-report.ts';
import { fail, warn } from '../question.ts';

interface Asked {
  readonly zone: string;
  readonly subnetId?: string;
  readonly answer: ProbeReport | { readonly notAsked: string };
}

/** Undefined where the zones say nothing that one of them does not. */
export function askZones(report: ProbeReport): CheckResult | undefined {
  const { zone, otherZones = [] } = report;
  if (zone === undefined || otherZones.length === 0) return undefined;
  const all: Asked[] = [{ zone, answer: report }, ...otherZones];
  const cutOff = all.filter(({ answer }) => isCutOff(answer));
  const reached = all.filter(({ answer }) => 'stages' in answer && !isCutOff(answer));
  const unasked = otherZones.filter(({ answer }) => 'notAsked' in answer);
  if (cutOff.length > 0 && reached.length > 0) return oneSided(cutOff, reached);
  if (cutOff.length > 0) return undefined;
  if (unasked.length > 0) {
    const why = unasked.map(
      (each) => `${each.zone}: ${'notAsked' in each.answer ? each.answer.notAsked : ''}`,
    );
    return warn(
      `PONG from ${named(reached)}; not asked from ${why.join('; ')}`,
      'Tasks of the service may not start there either: look at that subnet’s route to the image, and at its free addresses.',
    );
  }
  return undefined;
}

function oneSided(cutOff: readonly Asked[], reached: readonly Asked[]): CheckResult {
  const [first] = cutOff;
  const cause = first && 'stages' in first.answer ? explainPing(first.answer).meaning : '';
  const subnets = cutOff.flatMap(({ subnetId }) => subnetId ?? []).join(', ');
  const well = named(reached);
  return fail(
    `from ${named(cutOff)} ${cause}; from ${well} the cache is reached`,
    `Compare the network ACL and the route table of ${subnets === '' ? `the subnet in ${named(cutOff)}` : subnets} with those in ${well}.`,
    { means: `Tasks in ${named(cutOff)} have no cache: what is wrong is that zone’s own network` },
  );
}

function isCutOff(answer: Asked['answer']): boolean {
  return 'stages' in answer && (answer.failed === 'tcp' || answer.failed === 'dns');
}

function named(asked: readonly Asked[]): string {
  return asked.map(({ zone }) => zone).join(', ');
}
