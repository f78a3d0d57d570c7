/** Where an app answers, as far as its load balancer tells. */
import type { TargetGroup } from './app.ts';

export interface AppAddress {
  readonly dnsName: string;
  /** Reached from inside its network alone. */
  readonly isInternal: boolean;
  /** Absent where only rules of the listeners lead to the app: which host or path they take is the app's to know. */
  readonly url?: string;
}

/** Undefined: no load balancer that speaks HTTP is before it. */
export function appAddress({
  url,
  targetGroups,
}: {
  readonly url?: string;
  readonly targetGroups: readonly Pick<TargetGroup, 'loadBalancer'>[];
}): AppAddress | undefined {
  const balancers = targetGroups.flatMap(({ loadBalancer }) =>
    loadBalancer?.type === 'application' ? loadBalancer : [],
  );
  const host = url === undefined ? undefined : new URL(url).hostname;
  const found = balancers.find(({ dnsName }) => dnsName.toLowerCase() === host) ?? balancers[0];
  if (!found) return undefined;
  const { dnsName, scheme } = found;
  return { dnsName, isInternal: scheme === 'internal', ...(url === undefined ? {} : { url }) };
}
