/** The versions of a secret and the labels that say which one counts. */
import type {
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  UpdateSecretVersionStageRequest,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { invalidParameter } from './rejection.ts';
import type { SecretStore, SecretVersion, StoredSecret } from './secret-store.ts';

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const MOST_BYTES = 65_536;

export interface Content {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** A secret is one or the other. */
export function checkContent({ SecretString, SecretBinary }: Content): void {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (Buffer.byteLength(SecretString ?? SecretBinary ?? '') > MOST_BYTES) {
    throw invalidParameter(
      `1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to ${MOST_BYTES}`,
    );
  }
}

export function addVersion(
  secret: StoredSecret,
  versionId: string,
  content: Content,
  now: Date,
  stages: readonly string[] = [CURRENT],
): SecretVersion {
  const version: SecretVersion = {
    versionId,
    secretString: content.SecretString,
    secretBinary: content.SecretBinary,
    createdDate: now,
    stages: new Set(),
  };
  secret.versions.set(versionId, version);
  secret.lastChangedDate = now;
  for (const stage of stages) moveStage(secret, stage, version);
  return version;
}

export function isSameContent(version: SecretVersion, { SecretString, SecretBinary }: Content): boolean {
  const bytes = (binary: Uint8Array | undefined): string => Buffer.from(binary ?? []).toString('base64');
  return version.secretString === SecretString && bytes(version.secretBinary) === bytes(SecretBinary);
}

/** The version asked for, by id, by label, or the current one; throws when there is none. */
export function versionOf(
  secret: StoredSecret,
  { VersionId, VersionStage }: { VersionId?: string | undefined; VersionStage?: string | undefined },
): SecretVersion {
  const stage = VersionStage ?? (VersionId === undefined ? CURRENT : undefined);
  const found =
    VersionId === undefined ? withStage(secret, stage ?? CURRENT) : secret.versions.get(VersionId);
  if (!found) {
    const asked = VersionId === undefined ? `staging label: ${stage ?? ''}` : `VersionId: ${VersionId}`;
    throw new ServiceError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${asked}`,
    );
  }
  if (stage !== undefined && !found.stages.has(stage)) {
    throw new ServiceError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  return found;
}

export function versionOperations(store: SecretStore, clock: Clock): Operations {
  return {
    GetSecretValue: (input: GetSecretValueRequest): GetSecretValueResponse => {
      const secret = store.getAlive(input.SecretId);
      const { versionId, secretString, secretBinary, createdDate, stages } = versionOf(secret, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: versionId,
        ...(secretString === undefined ? {} : { SecretString: secretString }),
        ...(secretBinary === undefined ? {} : { SecretBinary: secretBinary }),
        VersionStages: [...stages],
        CreatedDate: createdDate,
      };
    },

    PutSecretValue: (input: PutSecretValueRequest): PutSecretValueResponse => {
      const secret = store.getAlive(input.SecretId);
      checkContent(input);
      if (input.SecretString === undefined && input.SecretBinary === undefined) {
        throw invalidParameter('You must provide either SecretString or SecretBinary.');
      }
      const { ClientRequestToken: versionId = '' } = input;
      const known = secret.versions.get(versionId);
      if (known && !isSameContent(known, input)) throw tokenInUse(versionId, secret);
      const version =
        known ?? addVersion(secret, versionId, input, new Date(clock.now()), input.VersionStages);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: versionId,
        VersionStages: [...version.stages],
      };
    },

    UpdateSecretVersionStage: (input: UpdateSecretVersionStageRequest) => {
      const secret = store.getAlive(input.SecretId);
      updateStage(secret, input);
      secret.lastChangedDate = new Date(clock.now());
      return { ARN: secret.arn, Name: secret.name };
    },
  };
}

function tokenInUse(token: string, { arn }: StoredSecret): ServiceError {
  return new ServiceError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );
}

function updateStage(secret: StoredSecret, input: UpdateSecretVersionStageRequest): void {
  const { VersionStage: stage = '', MoveToVersionId, RemoveFromVersionId } = input;
  const holder = withStage(secret, stage);
  const target =
    MoveToVersionId === undefined ? undefined : versionOf(secret, { VersionId: MoveToVersionId });
  if (holder && holder !== target && RemoveFromVersionId !== holder.versionId) {
    throw invalidParameter(
      RemoveFromVersionId === undefined
        ? `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.versionId}, so you must explicitly reference that version in RemoveFromVersionId.`
        : `Staging label ${stage} is currently attached to version ${holder.versionId}, not to version ${RemoveFromVersionId}.`,
    );
  }
  if (target) {
    moveStage(secret, stage, target);
  } else if (stage === CURRENT) {
    throw invalidParameter(`You can't remove the staging label ${CURRENT}: move it to another version.`);
  } else {
    holder?.stages.delete(stage);
  }
}

/** Who was current becomes the previous one. */
function moveStage(secret: StoredSecret, stage: string, target: SecretVersion): void {
  const holder = withStage(secret, stage);
  if (holder === target) return;
  holder?.stages.delete(stage);
  target.stages.add(stage);
  if (stage === CURRENT && holder) moveStage(secret, PREVIOUS, holder);
}

function withStage({ versions }: StoredSecret, stage: string): SecretVersion | undefined {
  return [...versions.values()].find(({ stages }) => stages.has(stage));
}
