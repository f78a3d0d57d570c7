/** Does the running revision hand each variable to its container as the cache would have it? */
import type { Aws } from '../aws/aws.ts';
import type { CheckResult } from '../domain/check.ts';
import { maskPassword } from '../domain/connection.ts';
import { holdsPassword, render, type Connection } from '../domain/delivery.ts';
import type { Endpoint } from '../domain/outputs.ts';
import { passwordName, refersTo, secretVariablesOf, type SecretVariable } from '../domain/secrets.ts';
import type { CacheSettings, VariableSettings } from '../domain/settings.ts';
import { containerOf, variableOf } from '../domain/task-definition.ts';
import { readCache, type FoundCache } from './cache.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { fail, inconclusive, pass, question, skip, together } from './question.ts';

const SETUP = 'Put it right: elasticache-wizard setup.';

export function variables(context: Pick<CheckContext, 'consumer' | 'app' | 'aws' | 'settings'>): Check {
  const { app, aws, consumer, settings } = context;
  const { document } = app.taskDefinition;
  const secrets = secretVariablesOf(consumer, settings.caches, settings.project);

  async function askVariable(setting: VariableSettings, cacheName: string): Promise<CheckResult> {
    const name = setting.name.value;
    const container = setting.container ?? app.container;
    if (!containerOf(document, container)) {
      return fail(
        `the running revision has no container ${container}`,
        'Name the container that is to have the variable: --container.',
      );
    }
    const found = await readCache(aws.caches, cacheName);
    if ('outcome' in found) return found;
    const variable = variableOf(document, container, name);
    if (!variable) return fail(`${name} is not set in ${container}: the app runs in memory`, SETUP);
    const cache = settings.caches.find((each) => each.name === cacheName);
    if ('value' in variable) {
      if (cache && holdsPassword(setting.template, cache.auth.value)) {
        return fail(`${name} stands in plain text, and is to hold a password`, SETUP);
      }
      return compare(name, variable.value, setting.template, found);
    }
    const secret = secrets.find((each) => each.name === name && each.container === container);
    if (!cache || !secret || !refersTo(variable.valueFrom, secret)) {
      return inconclusive(
        `${name} comes from ${variable.valueFrom}, which is not read`,
        'Compare the secret with the cache’s endpoint by hand.',
      );
    }
    return askSecret(secret, cache, found);
  }

  /** Ours: what it holds is compared, and none of it is shown but where it leads. */
  async function askSecret(
    secret: SecretVariable,
    cache: CacheSettings,
    found: FoundCache,
  ): Promise<CheckResult> {
    const kept = await readSecret(secret, aws);
    const name = passwordName(cache.secretStore, settings.project, cache.name);
    const password = (await aws.secrets[cache.secretStore].readValue(name))?.value;
    if (password === undefined) return inconclusive(`there is no ${name} to compare with`, SETUP);
    const wanted = render(secret.template, connectionOf(found, password));
    if (kept === wanted) return pass(`${secret.name} is kept in ${secret.secret}`);
    const holds = kept === undefined ? 'nothing' : maskPassword(kept);
    return fail(
      `${secret.name} is kept in ${secret.secret}, which holds ${holds}; it should be ${maskPassword(wanted)} with the password of ${cache.name}`,
      SETUP,
    );
  }

  return question('variables', async () => {
    const wanted = consumer.variables.flatMap((setting) =>
      setting.cache === undefined ? [] : [{ setting, cache: setting.cache }],
    );
    if (wanted.length === 0) return skip('the app is to have no variable');
    return together(await Promise.all(wanted.map(({ setting, cache }) => askVariable(setting, cache))));
  });
}

async function readSecret(
  { store, secret, key }: SecretVariable,
  aws: Pick<Aws, 'secrets'>,
): Promise<string | undefined> {
  const text = (await aws.secrets[store].readValue(secret))?.value;
  if (text === undefined || key === undefined) return text;
  try {
    const member = (JSON.parse(text) as Record<string, unknown> | null)?.[key];
    return typeof member === 'string' ? member : undefined;
  } catch {
    // Somebody has put something else in its place.
    return undefined;
  }
}

function connectionOf({ endpoint, living }: FoundCache, password?: string): Connection {
  return { endpoint, readerEndpoint: living.readerEndpoint, password };
}

function compare(name: string, value: string, template: string, found: FoundCache): CheckResult {
  const wanted = render(template, connectionOf(found));
  const now = maskPassword(value);
  if (value === wanted) return pass(`${name} is ${now}`);
  const should = `it should be ${wanted}`;
  if (!wanted.includes('://')) return fail(`${name} is ${now}; ${should}`, SETUP);
  const url = parse(value);
  if (!url) return fail(`${name} is ${now}, which is no Redis URL; ${should}`, SETUP);
  const { endpoint, living } = found;
  if (url.address === living.readerEndpoint?.address.toLowerCase()) {
    return fail(`${name} is ${now}, the reader endpoint, which takes no writes; ${should}`, SETUP);
  }
  if (url.address !== endpoint.address.toLowerCase() || url.port !== endpoint.port) {
    return fail(`${name} is ${now}, another place than this cache; ${should}`, SETUP);
  }
  if (url.tls !== endpoint.tls) {
    const mismatch = endpoint.tls
      ? 'plaintext, and the cache takes TLS only'
      : 'TLS, and the cache speaks plaintext';
    return fail(`${name} is ${now}: ${mismatch}; ${should}`, SETUP);
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
