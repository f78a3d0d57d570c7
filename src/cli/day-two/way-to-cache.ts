/** What is needed to find a way from this machine to a cache: from the account, and from what was said. */
import type { LivingCache } from '../../aws/caches.ts';
import type { Endpoint } from '../../domain/outputs.ts';
import { WizardError } from '../../errors.ts';
import type { WayOptions } from '../../tunnel/ways.ts';
import { whereOf } from '../checking/checking.ts';
import type { Living } from '../opening/living.ts';
import type { Session } from '../session.ts';

export function endpointOf({ name, status, endpoint, transitEncryption: tls }: LivingCache): Endpoint {
  if (endpoint) return { address: endpoint.address, port: endpoint.port, tls };
  throw new WizardError('Blocked', `${name} has no endpoint: it is ${status}`, {
    hint: 'AWS gives one when the cache is available; then run the same command again.',
  });
}

export async function wayOptions(
  living: Living,
  cache: LivingCache,
  { port }: Endpoint,
  session: Session,
): Promise<WayOptions> {
  const { aws, identity, services, instanceApps } = living;
  const { inputs, env, emit } = session;
  return {
    aws,
    services,
    instances: instanceApps.map(({ app }) => (app?.instances ?? []).map(({ instanceId }) => instanceId)),
    door: { cacheName: cache.name, port, securityGroupIds: await aws.caches.readSecurityGroupIds(cache) },
    through: inputs.through?.value,
    bastion: inputs.bastion?.value,
    localPort: inputs.localPort?.value,
    timeoutMs: inputs.timeout && inputs.timeout.value * 1000,
    region: identity.region,
    profile: inputs.profile?.value,
    endpointUrl: inputs.endpointUrl?.value ?? env.AWS_ENDPOINT_URL_SSM ?? env.AWS_ENDPOINT_URL,
    asks: session.asker.interactive,
    where: whereOf(living, session),
    warn: (code, message) => emit({ type: 'warning', code, message }),
    children: session.children,
    env,
    signal: session.signal,
  };
}
