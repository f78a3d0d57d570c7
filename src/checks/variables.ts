/** Does the running revision hand the cache's address to the app's container, in the cache's own scheme? */
import type { ReplicationGroup } from '../aws/elasticache.ts';
import type { CheckResult } from '../domain/check.ts';
import { maskPassword, redisUrl } from '../domain/connection.ts';
import type { Endpoint } from '../domain/outputs.ts';
import { containerOf, variableOf } from '../domain/task-definition.ts';
import { readCache } from './cache.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { fail, inconclusive, pass, question, skip, together } from './question.ts';

const SETUP = 'Put it right: elasticache-wizard setup.';

export function variables(context: Pick<CheckContext, 'consumer' | 'app' | 'aws'>): Check {
  const { app, aws } = context;
  const { document } = app.taskDefinition;

  async function askVariable(name: string, cacheName: string): Promise<CheckResult> {
    const cache = await readCache(aws.elasticache, cacheName);
    if ('outcome' in cache) return cache;
    const variable = variableOf(document, app.container, name);
    if (!variable) return fail(`${name} is not set in ${app.container}: the app runs in memory`, SETUP);
    if ('valueFrom' in variable) {
      return inconclusive(
        `${name} comes from ${variable.valueFrom}, which is not read`,
        'Compare the secret with the cache’s endpoint by hand.',
      );
    }
    return compare(name, variable.value, cache.endpoint, cache.group);
  }

  return question('variables', async () => {
    const wanted = context.consumer.variables.flatMap(({ name, cache }) =>
      cache === undefined ? [] : [{ name, cache }],
    );
    if (wanted.length === 0) return skip('the app is to have no variable');
    if (!containerOf(document, app.container)) {
      return fail(
        `the running revision has no container ${app.container}`,
        'Name the container that is to have the variable: --container.',
      );
    }
    return together(await Promise.all(wanted.map(({ name, cache }) => askVariable(name.value, cache))));
  });
}

function compare(name: string, value: string, endpoint: Endpoint, group: ReplicationGroup): CheckResult {
  const wanted = redisUrl(endpoint);
  const now = maskPassword(value);
  const url = parse(value);
  if (!url) return fail(`${name} is ${now}, which is no Redis URL; it should be ${wanted}`, SETUP);
  if (url.address === group.readerEndpoint?.address.toLowerCase()) {
    return fail(
      `${name} is ${now}, the reader endpoint, which takes no writes; it should be ${wanted}`,
      SETUP,
    );
  }
  if (url.address !== endpoint.address.toLowerCase() || url.port !== endpoint.port) {
    return fail(`${name} is ${now}, another place than this cache; it should be ${wanted}`, SETUP);
  }
  if (url.tls !== endpoint.tls) {
    const mismatch = endpoint.tls
      ? 'plaintext, and the cache takes TLS only'
      : 'TLS, and the cache speaks plaintext';
    return fail(`${name} is ${now}: ${mismatch}; it should be ${wanted}`, SETUP);
  }
  return pass(`${name} is ${now}`);
}

/** `host:port` without a scheme is read as Redis clients read it: plaintext. */
function parse(value: string): Endpoint | undefined {
  const text = value.includes('://') ? value : `redis://${value}`;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port } = new URL(text);
  if ((protocol !== 'redis:' && protocol !== 'rediss:') || hostname === '') return undefined;
  return {
    address: hostname.toLowerCase(),
    port: port === '' ? 6379 : Number(port),
    tls: protocol === 'rediss:',
  };
}
