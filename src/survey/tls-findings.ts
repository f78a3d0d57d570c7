/** Whether an app that is told of a cache in parts is told that it speaks TLS. */
import { isWhole } from '../domain/probe-target.ts';
import type { CacheSettings, EcsConsumerSettings } from '../domain/settings.ts';
import { variablesIn } from '../domain/task-definition.ts';
import type { Finding, Inspection, Situation } from './finding.ts';

/** Host and port alone are dialled in plaintext by every client. */
const PLACE = /\{(host|endpoints|readerHost)\}/;
const SAYS_TLS = /\{(tls|scheme)\}/;

export const tlsUnsaid: Inspection = async (situation) => {
  const { settings, consumer } = situation;
  const found = await Promise.all(
    settings.caches
      .filter((cache) => isToldInParts(consumer, cache.name))
      .map((cache) => findingOf(situation, cache)),
  );
  return found.flat();
};

async function findingOf({ app, aws, consumer }: Situation, cache: CacheSettings): Promise<Finding[]> {
  const living = await aws.caches.read(cache.name);
  const wanted = cache.kind === 'serverless' || cache.transitEncryption.value;
  const speaksTls = living ? living.transitEncryption : wanted;
  if (!speaksTls || hasSwitchOn(app)) return [];
  const always = cache.kind === 'serverless' ? ', as every serverless cache does' : '';
  return [
    {
      severity: 'warn',
      code: 'tls-unsaid',
      message: `${consumer.name} is told where ${cache.name} is, and not that it speaks TLS alone${always}: its code must turn TLS on`,
      hint: 'Connect with tls: {} (ioredis) or ssl=True (redis-py), or hand it a switch: --env-tls REDIS_TLS.',
    },
  ];
}

function isToldInParts({ variables }: EcsConsumerSettings, cacheName: string): boolean {
  const templates = variables.flatMap(({ cache, template }) => (cache === cacheName ? [template] : []));
  return (
    templates.some((template) => PLACE.test(template)) &&
    !templates.some((template) => isWhole(template) || SAYS_TLS.test(template))
  );
}

/** Of the app's own: it may have been told long ago. */
function hasSwitchOn({ taskDefinition }: Situation['app']): boolean {
  return variablesIn(taskDefinition.document).some(
    ({ name, variable }) =>
      /(TLS|SSL)/i.test(name) && 'value' in variable && /^(true|1|yes|on)$/i.test(variable.value),
  );
}
