/** Does the running revision hand each variable to its container as the cache would have it? */
import type { CheckResult } from '../../domain/check.ts';
import { maskPassword } from '../../domain/connection.ts';
import { holdsPassword, render, type Connection } from '../../domain/delivery.ts';
import { handedAddressOf } from '../../domain/handed-address.ts';
import { keptPassword, passwordsIn } from '../../domain/kept-password.ts';
import { isWhole } from '../../domain/probe-target.ts';
import { passwordName, refersTo, secretVariablesOf, type SecretVariable } from '../../domain/secrets.ts';
import type { CacheSettings, VariableSettings } from '../../domain/settings.ts';
import { containerOf, variableOf, type Variable } from '../../domain/task-definition.ts';
import { WizardError } from '../../errors.ts';
import { askAddress, shouldBe, type AskedAddress } from './address.ts';
import { readCache, type FoundCache } from '../cache/cache.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { askPart, isPart } from './part-of-address.ts';
import { fail, inconclusive, pass, question, skip, together } from '../question.ts';
import { rotating } from './rotation.ts';
import { mending } from '../setup-command.ts';

const SETUP = 'Put it right: elasticache-wizard setup.';

export function variables(
  context: Pick<CheckContext, 'consumer' | 'app' | 'aws' | 'settings' | 'where'>,
): Check {
  const { app, aws, consumer, settings } = context;
  const { document } = app.taskDefinition;
  const secrets = secretVariablesOf(consumer, settings.caches, settings.project);
  const containerFor = (setting: VariableSettings): string => setting.container ?? app.container;

  async function askVariable(setting: VariableSettings, cacheName: string): Promise<CheckResult> {
    const name = setting.name.value;
    const container = containerFor(setting);
    if (!containerOf(document, container)) {
      return fail(
        `the running revision has no container ${container}`,
        'Name the container that is to have the variable: --container.',
      );
    }
    const found = await readCache(aws.caches, cacheName);
    if ('outcome' in found) return found;
    const variable = variableOf(document, container, name);
    const asked = { name, template: setting.template, found, beside: besideOf(setting) };
    if (!variable) {
      const should = isWhole(setting.template) ? ` the value ${shouldBe({ ...asked, value: '' })}` : '';
      return fail(
        `${name} is not set in ${container}: the app runs in memory`,
        `Give ${name} of ${container}${should === '' ? ' its value' : should}.`,
      );
    }
    const cache = settings.caches.find((each) => each.name === cacheName);
    if ('value' in variable) return askPlain({ ...asked, value: variable.value }, cache);
    const secret = secrets.find((each) => each.name === name && each.container === container);
    if (cache && secret && refersTo(variable.valueFrom, secret)) return askSecret(secret, cache, found);
    return setting.template === '{password}'
      ? pass(`${name} comes from ${variable.valueFrom}`)
      : inconclusive(
          `${name} comes from ${variable.valueFrom}, which is not read`,
          'The check ping tells where it leads; without it, compare the secret with the cache’s endpoint by hand.',
        );
  }

  /** Other variables that speak of the same cache to the same container. */
  function besideOf(setting: VariableSettings): AskedAddress['beside'] {
    return (template): Variable | undefined => {
      const other = consumer.variables.find(
        (each) =>
          each.template === template &&
          each.cache === setting.cache &&
          containerFor(each) === containerFor(setting),
      );
      return other && variableOf(document, containerFor(other), other.name.value);
    };
  }

  async function askPlain(asked: AskedAddress, cache: CacheSettings | undefined): Promise<CheckResult> {
    const { name, value, template, found } = asked;
    if (isPart(template)) return askPart({ ...asked, template }, aws);
    if (isWhole(template)) {
      const answer = await askAddress({ ...asked, template: '{url}' }, aws);
      return answer.outcome === 'fail' ? answer : ((await askPassword(asked, cache)) ?? answer);
    }
    if (template === '{host}' || template === '{endpoints}') return askAddress(asked, aws);
    if (cache && holdsPassword(template, cache.auth.value))
      return fail(`${name} stands in plain text, and is to hold a password`, SETUP);
    const wanted = render(template, connectionOf(found));
    const now = maskPassword(value);
    return value === wanted
      ? pass(`${name} is ${now}`)
      : fail(`${name} is ${now}; it should be ${wanted}`, `Give ${name} the value ${wanted}.`);
  }

  /** In plain text, and not the one that was made for the cache; undefined where nobody can tell. */
  async function askPassword(
    { name, value, found: { living } }: AskedAddress,
    cache: CacheSettings | undefined,
  ): Promise<CheckResult | undefined> {
    const { password: given, user = 'default' } = handedAddressOf(value) ?? {};
    if (!cache || given === undefined || living.auth === 'none' || user !== 'default') return undefined;
    const place = passwordName(cache.secretStore, settings.project, cache.name);
    const stored = await aws.secrets[cache.secretStore].readValue(place).catch(unreadable);
    const kept = stored && keptPassword(stored.value);
    if (!kept || passwordsIn(kept).includes(given)) return undefined;
    return fail(
      `${name} is ${maskPassword(value)}, with another password than ${place} keeps for ${cache.name}`,
      SETUP,
      { means: 'AUTH answers WRONGPASS, unless that is a token which was rotated in by hand' },
    );
  }

  /** Ours: what it holds is compared, and none of it is shown but where it leads. */
  async function askSecret(
    secret: SecretVariable,
    cache: CacheSettings,
    found: FoundCache,
  ): Promise<CheckResult> {
    const name = passwordName(cache.secretStore, settings.project, cache.name);
    const [stored, password] = await Promise.all([
      aws.secrets[secret.store].readValue(secret.secret),
      aws.secrets[cache.secretStore].readValue(name),
    ]);
    const known = password && keptPassword(password.value);
    if (!known) return inconclusive(`there is no password in ${name} to compare with`, SETUP);
    // Whether it is gone or was deleted, and what that means for the next task, is asked of all secrets alike.
    if (!stored) {
      return inconclusive(
        `${secret.name} is kept in ${secret.secret}, which is not there to be read`,
        'Look at the check secrets.',
      );
    }
    const kept = memberOf(stored.value, secret.key);
    const [wanted = '', ...besides] = passwordsIn(known).map((each) =>
      render(secret.template, connectionOf(found, each)),
    );
    if (kept !== undefined && besides.includes(kept)) return rotating(`${secret.name} in ${secret.secret}`);
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
    const answer = together(
      await Promise.all(wanted.map(({ setting, cache }) => askVariable(setting, cache))),
    );
    return answer.outcome === 'fail' ? { ...answer, ...(await mending(context)) } : answer;
  });
}

/** Then the cache itself has to say whether it takes what the app has. */
function unreadable(error: unknown): undefined {
  if (error instanceof WizardError && error.code === 'AccessDenied') return undefined;
  throw error;
}

function memberOf(text: string, key: string | undefined): string | undefined {
  if (key === undefined) return text;
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
