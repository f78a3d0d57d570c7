/** The cache asked from one subnet in each of a service's zones: one zone may be cut off while the others are well. */
import type { Ec2 } from '../aws/ec2.ts';
import type { App } from '../domain/app.ts';
import type { ProbeReport, ZoneAnswer } from '../domain/probe-report.ts';
import { WizardError } from '../errors.ts';
import type { ProbeStep } from './probe.ts';

interface Zone {
  readonly zone: string;
  readonly subnetId: string;
}

/** None where tasks have no network interface of their own, or the subnets may not be read. */
export async function zonesOf({ service }: App, ec2: Pick<Ec2, 'describeSubnets'>): Promise<Zone[]> {
  const subnetIds = service.awsvpc?.subnetIds ?? [];
  if (subnetIds.length < 2) return [];
  const subnets = await ec2.describeSubnets({ subnetIds }).catch((error: unknown) => {
    if (error instanceof WizardError && error.code === 'AccessDenied') return [];
    throw error;
  });
  const zones = new Map<string, Zone>();
  for (const { availabilityZone: zone, subnetId } of subnets.toSorted(byRoom)) {
    if (!zones.has(zone)) zones.set(zone, { zone, subnetId });
  }
  return [...zones.values()].toSorted((one, other) => one.zone.localeCompare(other.zone));
}

const byRoom = (one: { freeAddresses: number }, other: { freeAddresses: number }): number =>
  other.freeAddresses - one.freeAddresses;

/** One after another until one has answered, and then the rest at once: what is wrong everywhere is asked once. */
export async function askEach(
  zones: readonly Zone[],
  askFrom: (subnetId: string) => Promise<ProbeReport>,
  step: ProbeStep,
): Promise<ProbeReport> {
  const unasked: ZoneAnswer[] = [];
  const rest = [...zones];
  let refusal: unknown;
  for (let place; (place = rest.shift());) {
    step.progress(`asking from ${place.zone}`);
    try {
      const report = { ...(await askFrom(place.subnetId)), zone: place.zone };
      return { ...report, otherZones: [...unasked, ...(isOfPlace(report) ? await askRest() : [])] };
    } catch (error) {
      unasked.push({ ...place, answer: notAsked(error, step) });
      refusal = error;
    }
  }
  throw refusal;

  async function askRest(): Promise<ZoneAnswer[]> {
    if (rest.length > 0) step.progress(`asking from ${rest.map(({ zone }) => zone).join(', ')} too`);
    const asked = rest.map(async (place) => {
      const answer = await askFrom(place.subnetId).catch((error: unknown) => notAsked(error, step));
      return { ...place, answer };
    });
    return Promise.all(asked);
  }
}

/** Whether another zone may see something else: only of its own is whether packets arrive. */
function isOfPlace({ failed }: ProbeReport): boolean {
  return !['parse', 'tls', 'auth', 'ping'].some((stage) => stage === failed);
}

function notAsked(error: unknown, { signal }: ProbeStep): { readonly notAsked: string } {
  if (signal.aborted || !(error instanceof WizardError)) throw error;
  return { notAsked: error.message };
}
