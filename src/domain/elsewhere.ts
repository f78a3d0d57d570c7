/** The cache asked from elsewhere than where the app runs: what is the way's there is told apart from what is the cache's. */
import type { Elsewhere, ProbeReport } from './probe-report.ts';

/** Of this machine, the tunnel or the bastion, and not of the cache; undefined: it is the cache that has answered. */
export function causeOnTheWay(report: ProbeReport, { place, tunnel }: Elsewhere): string | undefined {
  const { failed, variable, otherWayAnswers, role } = report;
  const seen = report.stages.find(({ ok }) => !ok)?.detail ?? '';
  if (failed === 'tcp' || failed === 'dns') {
    if (tunnel !== undefined) return `nothing listens at ${tunnel} (${seen})`;
    return `${place} is outside the VPC of the cache, or not let in (${seen}): that says nothing of the app`;
  }
  if (failed === 'tls' && /self.signed|issuer|unable to (get|verify)/i.test(seen))
    return `${place} does not trust the certificate that it is shown (${seen}): that says nothing of the app`;
  if (tunnel === undefined || otherWayAnswers === true) return undefined;
  if (failed === 'tls' && /altname/i.test(seen))
    return `the tunnel at ${tunnel} leads to something else than ${variable} names (${seen})`;
  if (failed === 'tls' || ((failed === 'auth' || failed === 'ping') && isSilence(seen)))
    return `the tunnel at ${tunnel} is open, and nobody answers at its other end (${seen})`;
  if (/^(SET: )?READONLY/.test(seen) || (role !== undefined && role !== 'master'))
    return `the tunnel at ${tunnel} leads to a replica`;
  return undefined;
}

/** Redis itself said nothing. */
function isSilence(seen: string): boolean {
  return /^(no answer|the connection was closed|.*\b(ECONN|EPIPE))|not that of a Redis/.test(seen);
}

export function askedFrom({ place, tunnel }: Elsewhere): string {
  return tunnel === undefined ? place : `${place}, through the tunnel at ${tunnel}`;
}
