/** Does a password stand in plain text where whoever may read a task definition, or a parameter, can read it? */
import type { CheckResult } from '../../domain/check.ts';
import { handedAddressOf } from '../../domain/handed-address.ts';
import { variablesIn } from '../../domain/task-definition.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import type { InstanceCheckContext } from '../instance-context.ts';
import { fail, inconclusive, pass, question, together, warn } from '../question.ts';
import { mending } from '../setup-command.ts';
import type { LintContext } from './lint-context.ts';

interface Plain {
  readonly name: string;
  readonly value: string;
  /** 'the container backend', 'the parameters of shop'. */
  readonly in: string;
}

const ABOUT_THE_CACHE = /REDIS|VALKEY|ELASTICACHE|CACHE|CELERY|BULL|SIDEKIQ/i;
/** The end of the name: TOKEN_TTL and PASSWORD_POLICY are no passwords. */
const NAMES_A_PASSWORD =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|AUTH_TOKEN|TOKEN|API_KEY|APIKEY|SECRET_KEY|ACCESS_KEY|PRIVATE_KEY)$/i;
/** `redis-cli` and its like read it from here. */
const CLI_PASSWORD = /^(REDISCLI_AUTH|VALKEYCLI_AUTH)$/;
/** A reference, a switch, a number, a path: not the thing itself. */
const NO_PASSWORD = /^(arn:|\/|\d*$|(true|false|yes|no|on|off|none|null|undefined|default)$)/i;

export function credentials({ apps }: LintContext): Check {
  return question('credentials', async () => {
    const found = (await Promise.all(apps.map(askApp))).flat();
    return found.length > 0 ? together(found) : pass('no password stands in plain text');
  });
}

async function askApp(context: CheckContext | InstanceCheckContext): Promise<CheckResult[]> {
  if ('waiting' in context && 'unreadable' in context.waiting)
    return [inconclusive(context.waiting.unreadable, 'Allow what is missing, and run it again.')];
  const found = plainOf(context).filter(holdsPassword);
  const ofTheCache = found.filter(isOfTheCache);
  if (ofTheCache.length > 0) {
    const remedy = 'waiting' in context ? {} : await mending(context);
    const means = `${MEANS}: it opens the cache to them`;
    return [fail(`${told(ofTheCache)} in plain text`, HINT, { means, ...remedy })];
  }
  if (found.length === 0) return [];
  return [warn(`${told(found)} in plain text, not of the cache`, HINT, { means: MEANS })];
}

const HINT =
  'Keep it in Secrets Manager or Parameter Store, hand it over from there (`secrets` of the container), and change it: it has been read.';
const MEANS =
  'Whoever may describe the task definition or read the parameters, and every copy of it, has the password';

function plainOf(context: CheckContext | InstanceCheckContext): Plain[] {
  if ('waiting' in context) {
    const { waiting, consumer } = context;
    if ('unreadable' in waiting) return [];
    return [...waiting.values]
      .filter(([, { secret }]) => !secret)
      .map(([name, { value }]) => ({ name, value, in: `the values of ${consumer.name}` }));
  }
  return variablesIn(context.app.taskDefinition.document).flatMap(({ container, name, variable }) =>
    'value' in variable ? [{ name, value: variable.value, in: `the container ${container}` }] : [],
  );
}

function holdsPassword({ name, value }: Plain): boolean {
  const text = value.trim();
  if (text.includes('://') || text.includes('@')) return hasPassword(text);
  return (NAMES_A_PASSWORD.test(name) || CLI_PASSWORD.test(name)) && !NO_PASSWORD.test(text);
}

function hasPassword(value: string): boolean {
  return value.split(',').some((each) => {
    const address = each.includes('://') ? handedAddressOf(each) : undefined;
    // `http://user:pass@host`; a placeholder such as ${PASSWORD} is filled in by the app.
    return address?.password !== undefined && !/^(\$\{?\w+\}?|<.*>|\*+)$/.test(address.password);
  });
}

function isOfTheCache({ name, value }: Plain): boolean {
  return (
    ABOUT_THE_CACHE.test(name) ||
    CLI_PASSWORD.test(name) ||
    /^(redis|valkey)s?:\/\//i.test(value.trim()) ||
    /\.cache\.amazonaws\.com/i.test(value)
  );
}

/** Names alone: the value is nobody's to show. */
function told(found: readonly Plain[]): string {
  const places = [...new Set(found.map((each) => each.in))];
  return places
    .map((place) => {
      const names = found.filter((each) => each.in === place).map(({ name }) => name);
      return `${names.join(', ')} of ${place} ${names.length === 1 ? 'holds' : 'hold'} a password`;
    })
    .join('; ');
}
