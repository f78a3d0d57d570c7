/** AWS Secrets Manager. */
import {
  CreateSecret$,
  DeleteSecret$,
  DescribeSecret$,
  GetSecretValue$,
  ListSecrets$,
  PutSecretValue$,
  RestoreSecret$,
  TagResource$,
  UntagResource$,
  UpdateSecretVersionStage$,
} from '@aws-sdk/client-secrets-manager';
import { awsJson } from '../aws-json.ts';
import { serviceModel } from '../service-model.ts';

export const secretsmanager = serviceModel(
  'secretsmanager',
  awsJson({ target: 'secretsmanager', version: '1.1', missingMembers: 'InvalidParameterException' }),
  [
    CreateSecret$,
    DeleteSecret$,
    DescribeSecret$,
    GetSecretValue$,
    ListSecrets$,
    PutSecretValue$,
    RestoreSecret$,
    TagResource$,
    UntagResource$,
    UpdateSecretVersionStage$,
  ],
);
