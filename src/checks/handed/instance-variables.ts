/** Do the values that wait for the app say what its caches would have? */
import { maskPassword } from '../../domain/connection.ts';
import { holdsPassword, render } from '../../domain/delivery.ts';
import { keptPassword, passwordsIn } from '../../domain/kept-password.ts';
import { passwordName } from '../../domain/secrets.ts';
import type { CheckResult } from '../../domain/check.ts';
import type { VariableSettings } from '../../domain/settings.ts';
import { readCache } from '../cache/cache.ts';
import type { Check } from '../check.ts';
import type { InstanceCheckContext } from '../instance-context.ts';
import { fail, inconclusive, pass, question, skip, together } from '../question.ts';
import { rotating } from './rotation.ts';

const SETUP = 'Put it right: elasticache-wizard setup.';

export function instanceVariables(
  context: Pick<InstanceCheckContext, 'consumer' | 'settings' | 'aws' | 'waiting'>,
): Check {
  const { consumer, settings, aws, waiting } = context;

  async function ask({
    name: { value: name },
    template,
    cache: cacheName,
  }: VariableSettings): Promise<CheckResult> {
    const now = 'values' in waiting ? waiting.values.get(name) : undefined;
    const place = consumer.envFile ?? `${consumer.parameterPath}/${name}`;
    if (!now) return fail(`${name} is not in ${place}`, SETUP);
    const cache = settings.caches.find((each) => each.name === cacheName);
    if (!cache)
      return now.value === template
        ? pass(`${name} is as it should be`)
        : fail(`${name} in ${place} is another value`, SETUP);
    const found = await readCache(aws.caches, cache.name);
    if ('outcome' in found) return found;
    const secret = holdsPassword(template, cache.auth.value);
    if (secret && !now.secret && consumer.envFile === undefined)
      return fail(`${name} stands in plain text in ${place}, and is to hold a password`, SETUP);
    const kept = passwordName(cache.secretStore, settings.project, cache.name);
    const stored = secret ? await aws.secrets[cache.secretStore].readValue(kept) : undefined;
    const known = stored && keptPassword(stored.value);
    if (secret && !known) return inconclusive(`there is no password in ${kept} to compare with`, SETUP);
    const { endpoint, living } = found;
    const [wanted = '', ...besides] = (known ? passwordsIn(known) : [undefined]).map((password) =>
      render(template, { endpoint, readerEndpoint: living.readerEndpoint, password }),
    );
    if (besides.includes(now.value)) return rotating(`${name} in ${place}`);
    const shown = (value: string): string => (secret ? maskPassword(value) : value);
    if (now.value === wanted) return pass(`${name} in ${place} is ${shown(wanted)}`);
    return fail(`${name} in ${place} is ${maskPassword(now.value)}; it should be ${shown(wanted)}`, SETUP);
  }

  return question('variables', async () => {
    if (consumer.variables.length === 0) return skip('the app is to have no variable');
    if ('unreadable' in waiting) return inconclusive(waiting.unreadable, SETUP);
    return together(await Promise.all(consumer.variables.map(ask)));
  });
}
