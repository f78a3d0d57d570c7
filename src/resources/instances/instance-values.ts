/** The values that an app on instances is to find when it starts, and the places where they wait for it. */
import type { Aws } from '../../aws/aws.ts';
import { holdsPassword, render } from '../../domain/delivery.ts';
import type { Known } from '../../domain/outputs.ts';
import type { CacheSettings, Ec2ConsumerSettings, Settings } from '../../domain/settings.ts';
import type { ContainerVariable } from '../../domain/task-definition.ts';
import { envFile } from './env-file.ts';
import { parameterValues } from './parameter-values.ts';
import { readPassword } from '../access/password.ts';
import { isSame, type InstanceValue, type StoredValues, type ValueStore } from './value-store.ts';

export function valueStore(
  consumer: Ec2ConsumerSettings,
  settings: Pick<Settings, 'project' | 'tags'>,
  aws: Pick<Aws, 'parameters'>,
): ValueStore {
  return consumer.envFile === undefined
    ? parameterValues(consumer, settings, aws.parameters)
    : envFile(consumer.envFile, { project: settings.project, app: consumer.name });
}

/** Undefined until every cache that they come from is known, and its password lets in. */
export async function wantedValues(
  consumer: Ec2ConsumerSettings,
  settings: Settings,
  known: Known,
  aws: Pick<Aws, 'secrets'>,
): Promise<InstanceValue[] | undefined> {
  const wanted: InstanceValue[] = [];
  for (const { name: setting, cache: cacheName, template } of consumer.variables) {
    const name = setting.value;
    const cache = settings.caches.find((each) => each.name === cacheName);
    if (!cache) {
      wanted.push({ name, value: template, secret: false });
      continue;
    }
    const secret = holdsPassword(template, cache.auth.value);
    const outputs = known.get('cache', cache.name);
    if (!outputs || (secret && !takesPassword(cache, known))) return undefined;
    const password = secret ? await readPassword(cache, settings, aws) : undefined;
    wanted.push({ name, value: render(template, { ...outputs, password }), secret });
  }
  return wanted;
}

export function areStored(
  wanted: readonly InstanceValue[],
  { values }: StoredValues,
  { envFile: file }: Ec2ConsumerSettings,
): boolean {
  return wanted.every((value) => {
    const now = values.get(value.name);
    // A file does not tell which of its values are secrets.
    return isSame(value, file === undefined ? now : now && { ...now, secret: value.secret });
  });
}

/** A token goes out when the cache takes it, never before. */
function takesPassword({ name, auth }: CacheSettings, known: Known): boolean {
  const isKept = known.get('password', name) !== undefined;
  return isKept && (auth.value !== 'token' || known.get('authToken', name) !== undefined);
}

/** As the probe is to be handed them: what holds a password is referred to, where it can be read on the instance. */
export function handedVariables(
  { envFile: file }: Ec2ConsumerSettings,
  values: Iterable<InstanceValue>,
  store: Pick<ValueStore, 'placeOf'>,
): ContainerVariable[] {
  return [...values].map(({ name, value, secret }) => ({
    container: '',
    name,
    variable: secret && file === undefined ? { valueFrom: store.placeOf(name) } : { value },
  }));
}
