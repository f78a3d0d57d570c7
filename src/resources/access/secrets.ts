/**
 * The variables of a consumer that hold a password, kept where its tasks read them when they start: in Secrets
 * Manager one secret for each container, in Parameter Store one parameter for each variable.
 */
import type { Aws } from '../../aws/aws.ts';
import type { SecretValue } from '../../aws/secrets.ts';
import { isBlocked, type Detail, type Blocked } from '../../domain/change.ts';
import { render } from '../../domain/delivery.ts';
import type { Known, Outputs, Ref, SecretReference } from '../../domain/outputs.ts';
import { referenceTo, STORE_NAMES, type SecretVariable } from '../../domain/secrets.ts';
import type { EcsConsumerSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { readPassword } from './password.ts';
import { describeOurs, keepSecret, type SecretPlace } from './secret-keeping.ts';

/** One secret of a store, and the variables in it. */
interface Kept {
  readonly place: SecretPlace;
  readonly variables: readonly SecretVariable[];
}

/** By the names of the variables. */
type Values = ReadonlyMap<SecretVariable, string>;

export function secrets(
  consumer: EcsConsumerSettings,
  variables: readonly SecretVariable[],
  /** What else must be there before a task reads them. */
  needs: readonly Ref[],
  settings: Settings,
  aws: Pick<Aws, 'secrets'>,
): Resource<'secrets'> {
  const caches = settings.caches.filter(({ name }) => variables.some(({ cache }) => cache === name));
  const kept = keptOf(variables, settings, aws);

  async function readValues(known: Known): Promise<Values> {
    const passwords = new Map<string, string>();
    for (const cache of caches) passwords.set(cache.name, await readPassword(cache, settings, aws));
    return new Map(
      variables.map((variable) => {
        const { cache, template } = variable;
        const password = passwords.get(cache);
        return [variable, render(template, { ...known.need('cache', cache), password })];
      }),
    );
  }

  const details = (of: readonly Kept[]): Detail[] =>
    of.flatMap(({ place, variables: inIt }) =>
      inIt.map(({ name, container }) => ({
        field: `${name} of ${container}`,
        to: `kept in ${STORE_NAMES[place.store]}, as ${place.name}`,
      })),
    );

  /** Undefined where one of them is not as it should be yet. */
  async function readAsWanted(values: Values): Promise<Outputs['secrets'] | Blocked | undefined> {
    const seen: { kept: Kept; found: SecretValue & { arn: string } }[] = [];
    for (const each of kept) {
      const description = await describeOurs(each.place);
      if (isBlocked(description)) return description;
      const found =
        description && !description.deleted && (await each.place.secrets.readValue(each.place.name));
      if (!found || textFor(each, values)(found.value) !== found.value) return undefined;
      seen.push({ kept: each, found: { ...found, arn: description.arn } });
    }
    return outputsOf(seen);
  }

  return {
    kind: 'secrets',
    name: consumer.name,
    needs: [
      ...needs,
      ...caches.flatMap(({ name, auth }): Ref[] => [
        { kind: 'cache', name },
        { kind: 'password', name },
        // The value goes out when the cache takes the token, never before.
        ...(auth.value === 'token' ? [{ kind: 'authToken' as const, name }] : []),
      ]),
    ],

    async plan(known) {
      const isKnown = caches.every(({ name }) => known.get('cache', name) && known.get('password', name));
      const lasting = caches.every(
        ({ name, auth }) => auth.value !== 'token' || known.get('authToken', name),
      );
      if (!isKnown || !lasting) {
        const found = await Promise.all(kept.map(({ place }) => describeOurs(place)));
        const action = found.every((each) => each !== undefined) ? 'update' : 'create';
        return found.find(isBlocked) ?? { action, details: details(kept) };
      }
      const outputs = await readAsWanted(await readValues(known));
      if (!outputs) return { action: 'update', details: details(kept) };
      return 'action' in outputs ? outputs : { action: 'none', outputs };
    },

    async reconcile(known, step) {
      const values = await readValues(known);
      const seen = [];
      for (const each of kept) {
        step.progress(`writing ${each.place.name}`);
        seen.push({ kept: each, found: await keepSecret(each.place, textFor(each, values), step) });
      }
      return outputsOf(seen);
    },
  };
}

function keptOf(variables: readonly SecretVariable[], settings: Settings, aws: Pick<Aws, 'secrets'>): Kept[] {
  const bySecret = new Map(variables.map(({ store, secret: name }) => [`${store} ${name}`, { store, name }]));
  return [...bySecret.values()].map(({ store, name }) => ({
    place: { secrets: aws.secrets[store], store, name, settings },
    variables: variables.filter((variable) => variable.store === store && variable.secret === name),
  }));
}

/** What else a secret of ours holds stays: a revision before may still refer to it. */
function textFor({ variables }: Kept, values: Values): (now: string | undefined) => string {
  return (now) => {
    const [only] = variables;
    if (only && only.key === undefined) return values.get(only) ?? '';
    const members = now === undefined ? {} : membersOf(now);
    const missing = variables.filter((variable) => members[variable.key ?? ''] !== values.get(variable));
    if (now !== undefined && missing.length === 0) return now;
    const wanted = variables.map((variable) => [variable.key, values.get(variable)]);
    return JSON.stringify({ ...members, ...Object.fromEntries(wanted) });
  };
}

/** None of a text that somebody has put in its place. */
export function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null ? { ...document } : {};
  } catch {
    return {};
  }
}

function outputsOf(
  seen: readonly {
    readonly kept: Kept;
    readonly found: { readonly arn: string; readonly changedAt: number };
  }[],
): Outputs['secrets'] {
  return {
    references: seen.flatMap(({ kept: { variables }, found }): SecretReference[] =>
      variables.map(({ container, name, key }) => ({
        container,
        name,
        valueFrom: referenceTo(found.arn, key),
      })),
    ),
    changedAt: Math.max(...seen.map(({ found }) => found.changedAt)),
  };
}
