/**
 * What ECS fetches for `secrets[].valueFrom` when a task starts, with the permissions of the task's execution role:
 * parameters by name or ARN, secrets by ARN with `:json-key:version-stage:version-id` behind it.
 */
import type { SecretValue, SecretSource } from './ecs/options.ts';
import type { Iam } from './iam/iam.ts';
import { roleDenial } from './role-denial.ts';
import type { SecretsManager } from './secretsmanager/secrets-manager.ts';
import { ServiceError } from './service.ts';
import type { Ssm } from './ssm/ssm.ts';

const RETRIED = 'service call has been retried 1 time(s)';
const FROM_ASM = `unable to retrieve secret from asm: ${RETRIED}`;

export interface TaskSecretsOptions {
  readonly accountId: string;
  readonly region: string;
  readonly iam: Iam;
  readonly ssm: Ssm;
  readonly secretsManager: SecretsManager;
}

export function createTaskSecrets(options: TaskSecretsOptions): SecretSource {
  const { ssm, secretsManager } = options;

  const denial = (roleArn: string, action: string, resource: string): string | undefined => {
    const denied = roleDenial(options, { roleArn, session: 'ecs-task', action, resource });
    return denied === undefined ? undefined : `AccessDeniedException: ${denied}`;
  };

  const parameter = (valueFrom: string, roleArn: string): SecretValue => {
    const found = ssm.parameter(valueFrom);
    const denied = denial(roleArn, 'ssm:GetParameters', found?.arn ?? ssm.arn(valueFrom));
    if (denied !== undefined)
      return { failure: `unable to retrieve secrets from ssm: ${RETRIED}: ${denied}` };
    return found?.value;
  };

  const secret = (valueFrom: string, roleArn: string): SecretValue => {
    const { arn, jsonKey, ...version } = parseSecretReference(valueFrom);
    const failed = (why: string): SecretValue => ({
      failure: `${FROM_ASM}: failed to fetch secret ${valueFrom} from secrets manager: ${why}`,
    });
    const denied = denial(roleArn, 'secretsmanager:GetSecretValue', arn);
    if (denied !== undefined) return failed(denied);
    try {
      const text = secretsManager.secretString(arn, version);
      return jsonKey === undefined ? text : memberOf(text, jsonKey);
    } catch (error) {
      if (error instanceof ServiceError) return failed(`${error.shape}: ${error.message}`);
      throw error;
    }
  };

  return (valueFrom, executionRoleArn = '') =>
    valueFrom.startsWith('arn:') && valueFrom.includes(':secretsmanager:')
      ? secret(valueFrom, executionRoleArn)
      : parameter(valueFrom, executionRoleArn);
}

/** ECS developer guide, "Pass Secrets Manager secrets through environment variables": what is left empty is not asked for. */
function parseSecretReference(valueFrom: string) {
  const parts = valueFrom.split(':');
  const [jsonKey, VersionStage, VersionId] = parts.slice(7).map((part) => part || undefined);
  return { arn: parts.slice(0, 7).join(':'), jsonKey, VersionStage, VersionId };
}

function memberOf(text: string | undefined, jsonKey: string): SecretValue {
  const value = membersOf(text)?.[jsonKey];
  if (value === undefined) {
    return {
      failure: `${FROM_ASM}: retrieved secret from Secrets Manager did not contain json key ${jsonKey}`,
    };
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function membersOf(text = ''): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null ? { ...document } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
