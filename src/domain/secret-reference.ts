/** What `secrets[].valueFrom` of a container refers to, whoever has made it (ECS API reference, Secret). */
import type { SecretStore } from './settings.ts';
import { variablesIn } from './task-definition.ts';
import type { JsonObject } from './json.ts';

export interface SecretReference {
  readonly store: SecretStore;
  /** By which the store knows it: its ARN, or the name of a parameter in the service's own region. */
  readonly id: string;
  /** As a policy names it. */
  readonly arn: string;
  readonly region: string;
  /** 'REDIS_URL of backend', of each that stands in it. */
  readonly variables: readonly string[];
}

/** Each once, of these containers. `place`: an ARN in the service's region and account. */
export function secretReferences(
  document: JsonObject,
  containers: readonly string[],
  place: string,
): SecretReference[] {
  const found = new Map<string, SecretReference>();
  for (const { container, name, variable } of variablesIn(document)) {
    if (!containers.includes(container) || !('valueFrom' in variable)) continue;
    const reference = referenceOf(variable.valueFrom, place);
    const { variables = [] } = found.get(reference.id) ?? {};
    found.set(reference.id, { ...reference, variables: [...variables, `${name} of ${container}`] });
  }
  return [...found.values()];
}

/** What a variable refers to: which value of it, and of that value which member of its JSON. */
export function secretOf(
  valueFrom: string,
  place: string,
): Pick<SecretReference, 'store' | 'id'> & { readonly key?: string; readonly isLatest: boolean } {
  const { store, id } = referenceOf(valueFrom, place);
  if (store === 'ssm') return { store, id, isLatest: true };
  const [key = '', stage = '', version = ''] = valueFrom.split(':').slice(7);
  const isLatest = version === '' && (stage === '' || stage === 'AWSCURRENT');
  return { store, id, isLatest, ...(key === '' ? {} : { key }) };
}

/** Behind the ARN of a secret may stand a key, a stage and a version; what is no ARN is the name of a parameter. */
function referenceOf(valueFrom: string, place: string): Omit<SecretReference, 'variables'> {
  const parts = valueFrom.split(':');
  const [, , service, region = ''] = parts;
  if (parts[0] === 'arn' && service === 'secretsmanager') {
    const arn = parts.slice(0, 7).join(':');
    return { store: 'secretsmanager', id: arn, arn, region };
  }
  if (parts[0] === 'arn') return { store: 'ssm', id: valueFrom, arn: valueFrom, region };
  const [, partition = '', , own = '', account = ''] = place.split(':');
  const arn = `arn:${partition}:ssm:${own}:${account}:parameter/${valueFrom.replace(/^\//, '')}`;
  return { store: 'ssm', id: valueFrom, arn, region: own };
}
