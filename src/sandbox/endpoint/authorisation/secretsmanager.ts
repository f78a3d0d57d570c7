/**
 * Secrets Manager (Service Authorization Reference). A secret that does not exist yet is judged as one whose last six
 * characters are not known: `secret:<name>-??????` or anything wider allows it.
 */
import type { CreateSecretRequest, DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { made, on, tagged } from './permission.ts';
import type { Needs, PermissionRules, Place } from './permission.ts';

interface Input {
  readonly SecretId?: string;
}

export function secretsmanagerPermissions({ region, accountId, look }: Place): PermissionRules {
  const future = (name: string): string =>
    `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-??????`;
  const arn = async (SecretId: string): Promise<string> => {
    const found = (await look('secretsmanager', 'DescribeSecret', { SecretId })) as
      DescribeSecretResponse | undefined;
    return found?.ARN ?? (SecretId.startsWith('arn:') ? SecretId : future(SecretId));
  };
  const secret = async ({ SecretId = '' }: Input): Promise<Needs> => on(await arn(SecretId));
  const tagging = async ({ SecretId = '' }: Input): Promise<Needs> => on(tagged(await arn(SecretId)));
  return {
    CreateSecret: ({ Name = '' }: CreateSecretRequest) =>
      on(made(future(Name), { 'secretsmanager:Name': Name })),
    DescribeSecret: secret,
    GetSecretValue: secret,
    PutSecretValue: secret,
    UpdateSecretVersionStage: secret,
    DeleteSecret: secret,
    RestoreSecret: secret,
    TagResource: tagging,
    UntagResource: tagging,
  };
}
