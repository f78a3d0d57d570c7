/** AWS Secrets Manager. Not there: rotation, replication, resource policies, and the encryption under KMS keys. */
import type { Clock } from '../../clock.ts';
import type { Operations } from '../service.ts';
import { deletionOperations } from './deletion.ts';
import { SecretStore } from './secret-store.ts';
import { secretOperations } from './secrets.ts';
import { versionOf, versionOperations } from './versions.ts';

export interface SecretsManagerOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
}

export interface SecretsManager {
  readonly operations: Operations;
  /** The whole value; throws as GetSecretValue does. */
  secretString(
    arn: string,
    version: { VersionStage?: string | undefined; VersionId?: string | undefined },
  ): string | undefined;
  /** The full ARN of a secret, by whatever may name it. */
  arnOf(secretId: string): string | undefined;
}

export function createSecretsManager({ accountId, region, clock }: SecretsManagerOptions): SecretsManager {
  const store = new SecretStore(region, accountId);
  return {
    operations: {
      ...secretOperations(store, clock),
      ...versionOperations(store, clock),
      ...deletionOperations(store, clock),
    },
    secretString: (arn, version) => versionOf(store.getAlive(arn), version).secretString,
    arnOf: (secretId) => store.find(secretId)?.arn,
  };
}
