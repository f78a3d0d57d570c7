/** What an execution role must be allowed, so that ECS can hand our secrets to the containers that it starts. */
import { secretArn, type SecretVariable } from '../secrets.ts';
import type { SecretStore } from '../settings.ts';
import type { Statement } from './document.ts';

/** ECS developer guide, "Task execution IAM role": AmazonECSTaskExecutionRolePolicy has none of these. */
export const READING: Readonly<Record<SecretStore, string>> = {
  secretsmanager: 'secretsmanager:GetSecretValue',
  ssm: 'ssm:GetParameters',
};
/** Six characters that AWS chooses (Secrets Manager user guide, "IAM policy examples"). */
const ANY_SUFFIX = '-??????';

/** The secrets of one store that a role must be able to read. */
export interface SecretAccess {
  readonly store: SecretStore;
  readonly action: string;
  readonly names: readonly string[];
}

export function secretAccesses(variables: readonly SecretVariable[]): SecretAccess[] {
  const stores = [...new Set(variables.map(({ store }) => store))].sort();
  return stores.map((store) => {
    const names = variables.filter((variable) => variable.store === store).map(({ secret }) => secret);
    return { store, action: READING[store], names: [...new Set(names)].sort() };
  });
}

/** `place`: an ARN in the partition, region and account of the secrets. */
export function statementFor({ store, action, names }: SecretAccess, place: string): Statement {
  const Resource = names.map((name) => secretArn(place, store, name, ANY_SUFFIX));
  return { Effect: 'Allow', Action: [action], Resource };
}

/** Of the execution role, in place of others of that name; AWS takes these characters in it, 128 of them. */
export function rolePolicyName(project: string): string {
  return `elasticache-wizard-${project.replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 128);
}
