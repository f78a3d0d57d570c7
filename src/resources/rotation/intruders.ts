/** What a rotation shuts out: clients with the password from before, and those with none. */
import type { Aws } from '../../aws/aws.ts';
import type { Consumer, Ec2Consumer, EcsConsumer } from '../../domain/consumer.ts';
import type { Known } from '../../domain/outputs.ts';
import { urlOf, type ProbeTarget } from '../../domain/probe-target.ts';
import { referenceBefore, secretVariablesOf } from '../../domain/secrets.ts';
import type { CacheSettings, Settings, VariableSettings } from '../../domain/settings.ts';
import type { ContainerVariable } from '../../domain/task-definition.ts';
import { readKeptPassword } from '../access/password.ts';
import { knownTargets } from '../asking.ts';
import { handedVariables, valueStore, wantedValues } from '../instances/instance-values.ts';
import { wantedVariables } from '../services/variables.ts';
import type { Intruder } from './refusal.ts';

type IntruderAws = Pick<Aws, 'parameters' | 'secrets'>;

const WITHOUT = { what: 'no password', refusal: /NOAUTH/ } as const;
/** Redis 5 says it in words of its own. */
const WITH_THE_OLD = { what: 'the old password', refusal: /WRONGPASS|invalid password/i } as const;

/** `rotated`: those of the caches that had a password before. */
export async function intrudersOf(
  consumer: Consumer,
  caches: readonly CacheSettings[],
  rotated: readonly CacheSettings[],
  settings: Settings,
  known: Known,
  aws: IntruderAws,
): Promise<Intruder[]> {
  const without = caches.flatMap((cache) => withoutPassword(consumer, cache, known));
  const old = await Promise.all(
    rotated.map(async (cache) => {
      const target = await withOldPassword(consumer, cache, settings, known, aws);
      return { ...WITH_THE_OLD, target };
    }),
  );
  return [...old, ...without];
}

function withoutPassword({ settings }: Consumer, cache: CacheSettings, known: Known): Intruder[] {
  const endpoint = known.get('cache', cache.name)?.endpoint;
  const variable = variablesOf(settings.variables, cache)[0]?.name.value;
  if (!endpoint || variable === undefined) return [];
  return [{ ...WITHOUT, target: { variable, url: { value: urlOf(endpoint) } } }];
}

async function withOldPassword(
  consumer: Consumer,
  cache: CacheSettings,
  settings: Settings,
  known: Known,
  aws: IntruderAws,
): Promise<Intruder['target']> {
  const kept = await readKeptPassword(cache, settings, aws);
  if (kept.stage !== 'handed out') return { reason: 'it is forgotten already' };
  const variables = variablesOf(consumer.settings.variables, cache);
  const handed =
    consumer.kind === 'ecs'
      ? await beforeOfService(consumer, variables, kept.before, settings, known, aws)
      : await beforeOnInstances(consumer, variables, kept.before, settings, known, aws);
  if ('reason' in handed) return handed;
  const [target] = targetsOf(consumer, variables, handed, known);
  return target ?? { reason: 'none of its variables is an address' };
}

function targetsOf(
  { kind, settings }: Consumer,
  variables: readonly VariableSettings[],
  handed: readonly ContainerVariable[],
  known: Known,
): ProbeTarget[] {
  const container = kind === 'ecs' ? { container: settings.container } : {};
  return knownTargets({ variables, ...container }, handed, known);
}

type Before = readonly ContainerVariable[] | { readonly reason: string };

/** A task reads the earlier version of its own secret: its execution role has the right to no other. */
async function beforeOfService(
  { settings: consumer }: EcsConsumer,
  variables: readonly VariableSettings[],
  password: string,
  settings: Settings,
  known: Known,
  { secrets }: IntruderAws,
): Promise<Before> {
  const inSecrets = secretVariablesOf(consumer, settings.caches, settings.project);
  const handed: ContainerVariable[] = [];
  for (const each of wantedVariables(consumer, settings, known) ?? []) {
    const secret = inSecrets.find(
      ({ container, name }) => container === each.container && name === each.name,
    );
    const isMeant = variables.some(({ name }) => name.value === each.name);
    if (!secret || !isMeant || !('valueFrom' in each.variable)) {
      handed.push(each);
      continue;
    }
    const valueFrom = referenceBefore(each.variable.valueFrom);
    if (valueFrom === undefined) return { reason: 'ECS reads the latest version of a parameter alone' };
    const before = await secrets[secret.store].readValueBefore(secret.secret);
    if (before?.includes(password) !== true) return { reason: `${secret.secret} does not hold it any more` };
    handed.push({ ...each, variable: { valueFrom } });
  }
  return handed;
}

/** An instance reads the earlier version of the parameter. */
async function beforeOnInstances(
  { settings: consumer }: Ec2Consumer,
  variables: readonly VariableSettings[],
  password: string,
  settings: Settings,
  known: Known,
  aws: IntruderAws,
): Promise<Before> {
  if (consumer.envFile !== undefined) return { reason: `${consumer.envFile} holds the latest values alone` };
  const store = valueStore(consumer, settings, aws);
  const values = (await wantedValues(consumer, settings, known, aws)) ?? [];
  const handed: ContainerVariable[] = [];
  for (const each of handedVariables(consumer, values, store)) {
    const isMeant = variables.some(({ name }) => name.value === each.name);
    if (!isMeant || !('valueFrom' in each.variable)) {
      handed.push(each);
      continue;
    }
    const place = each.variable.valueFrom;
    const version = ((await aws.parameters.read(place))?.version ?? 0) - 1;
    const before = version > 0 ? await aws.parameters.read(place, version) : undefined;
    if (before?.value.includes(password) !== true) return { reason: `${place} does not hold it any more` };
    handed.push({ ...each, variable: { valueFrom: `${place}:${version}` } });
  }
  return handed;
}

function variablesOf(variables: readonly VariableSettings[], cache: CacheSettings): VariableSettings[] {
  return variables.filter((variable) => variable.cache === cache.name);
}
