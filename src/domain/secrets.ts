/** What our secrets are called, and which variables stand in one. By their names alone they are found again. */
import { holdsPassword } from './delivery.ts';
import type { CacheSettings, EcsConsumerSettings, SecretStore } from './settings.ts';

const ROOT = 'elasticache-wizard';

export const STORE_NAMES: Readonly<Record<SecretStore, string>> = {
  secretsmanager: 'Secrets Manager',
  ssm: 'Parameter Store',
};

/** The password of a cache: read by us alone. */
export function passwordName(store: SecretStore, project: string, cache: string): string {
  return nameIn(store, [project, cache, 'password']);
}

/** With which the name of every secret of a project begins. */
export function nameBeginning(store: SecretStore, project: string): string {
  return nameIn(store, [project, '']);
}

/** With which the names of the secrets of a service's containers begin: two clusters may have services of one name. */
export function serviceBeginning(
  store: SecretStore,
  project: string,
  { ecsCluster, name }: { readonly ecsCluster: string; readonly name: string },
): string {
  return nameIn(store, [project, ecsCluster, name, '']);
}

/** A variable of a container that may only be there as a reference to a secret. */
export interface SecretVariable {
  readonly store: SecretStore;
  /** The secret's name. */
  readonly secret: string;
  /** In Secrets Manager one secret holds all of a container's variables, as JSON. */
  readonly key?: string;
  readonly container: string;
  readonly name: string;
  readonly cache: string;
  readonly template: string;
}

export function secretVariablesOf(
  consumer: EcsConsumerSettings,
  caches: readonly CacheSettings[],
  project: string,
): SecretVariable[] {
  return consumer.variables.flatMap((variable) => {
    const { template, container = consumer.container } = variable;
    const cache = caches.find(({ name }) => name === variable.cache);
    if (!cache || !holdsPassword(template, cache.auth.value)) return [];
    const name = variable.name.value;
    const of = [project, consumer.ecsCluster, consumer.service, container];
    const store = cache.secretStore;
    const place =
      store === 'ssm'
        ? { store, secret: nameIn(store, [...of, name]) }
        : { store, secret: nameIn(store, of), key: name };
    return [{ ...place, container, name, cache: cache.name, template }];
  });
}

/** ECS developer guide, "Pass Secrets Manager secrets": behind a JSON key the colons must stand. */
export function referenceTo(arn: string, key: string | undefined): string {
  return key === undefined ? arn : `${arn}:${key}::`;
}

/** As a reference to a key stood before its last change; undefined: of a parameter ECS reads the latest version alone. */
export function referenceBefore(valueFrom: string): string | undefined {
  const [, , service] = valueFrom.split(':');
  return service === 'secretsmanager' ? valueFrom.replace(/::$/, ':AWSPREVIOUS:') : undefined;
}

/** Whether what a variable refers to is a secret of the project. */
export function isSecretOf(project: string, valueFrom: string): boolean {
  const beginning = nameBeginning('secretsmanager', project);
  return pathOf(valueFrom)?.startsWith(beginning) === true;
}

/** Whether what a variable refers to is just this secret, and this key of it. */
export function refersTo(valueFrom: string, { store, secret, key }: SecretVariable): boolean {
  if (store === 'ssm') return `/${pathOf(valueFrom) ?? ''}` === secret;
  const [name = '', found = ''] = (pathOf(valueFrom) ?? '').split(':');
  return found === key && name.slice(0, -SUFFIX.length) === secret;
}

/** What AWS puts behind the name of a secret in its ARN. */
const SUFFIX = '-AbCdEf';

/** An ARN as AWS will give it; of a secret with any suffix, or with the pattern that stands for all. */
export function secretArn(place: string, store: SecretStore, name: string, suffix = SUFFIX): string {
  const [partition = 'aws', region = '', account = ''] = placeOf(place);
  return store === 'ssm'
    ? `arn:${partition}:ssm:${region}:${account}:parameter${name}`
    : `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}${suffix}`;
}

/** Partition, region and account of an ARN. */
function placeOf(arn: string): string[] {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return [partition, region, account];
}

/** The name in an ARN, and what stands behind it, without the slash that parameters begin with. */
function pathOf(valueFrom: string): string | undefined {
  const [, , service, , , ...rest] = valueFrom.split(':');
  if (service === 'secretsmanager') return rest.slice(1).join(':');
  return service === 'ssm' ? rest.join(':').replace(/^parameter\//, '') : undefined;
}

/** The characters that both stores take in a name. */
function nameIn(store: SecretStore, parts: readonly string[]): string {
  const path = [ROOT, ...parts.map((part) => part.replace(/[^A-Za-z0-9_.-]/g, '-'))].join('/');
  if (store === 'ssm') return `/${path}`;
  // A hyphen and six more at the end would look like AWS's own suffix (Secrets Manager API reference, CreateSecret).
  return path.replace(/-[A-Za-z0-9]{6}$/, '$&_');
}
