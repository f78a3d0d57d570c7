/** The secrets of an account in a region, found by name, ARN, or an ARN without its last characters. */
import { randomInt } from 'node:crypto';
import { ServiceError } from '../service.ts';

export interface SecretVersion {
  readonly versionId: string;
  readonly secretString: string | undefined;
  readonly secretBinary: Uint8Array | undefined;
  readonly createdDate: Date;
  /** 'AWSCURRENT', 'AWSPREVIOUS', or of the user's own; a label is on one version at a time. */
  readonly stages: Set<string>;
}

export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly createdDate: Date;
  readonly description: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly tags: Map<string, string>;
  readonly versions: Map<string, SecretVersion>;
  lastChangedDate: Date;
  /** While it waits for its end. */
  deletion?: { readonly deletedDate: Date; readonly deletionDate: Date; readonly cancel: () => void };
}

export class SecretStore {
  private readonly secrets = new Map<string, StoredSecret>();
  private readonly arnPrefix: string;

  constructor(region: string, accountId: string) {
    this.arnPrefix = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
  }

  /** Six random characters keep a new secret of the same name apart from a deleted one. */
  newArn(name: string): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    const random = Array.from({ length: 6 }, () => alphabet.charAt(randomInt(alphabet.length)));
    return `${this.arnPrefix}${name}-${random.join('')}`;
  }

  add(secret: StoredSecret): void {
    this.secrets.set(secret.name, secret);
  }

  find(secretId: string | undefined): StoredSecret | undefined {
    return (
      this.secrets.get(secretId ?? '') ??
      [...this.secrets.values()].find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId)
    );
  }

  get(secretId: string | undefined): StoredSecret {
    const secret = this.find(secretId);
    if (!secret) {
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  /** For what may not be done to a secret that waits for its end. */
  getAlive(secretId: string | undefined): StoredSecret {
    const secret = this.get(secretId);
    if (secret.deletion) {
      throw new ServiceError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }

  delete({ name }: StoredSecret): void {
    this.secrets.delete(name);
  }

  all(): StoredSecret[] {
    return [...this.secrets.values()];
  }
}
