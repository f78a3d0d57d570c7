/** The policies that AWS manages: those of them that ECS tasks and managed instances live by. */
import type {
  GetPolicyRequest,
  GetPolicyResponse,
  GetPolicyVersionRequest,
  GetPolicyVersionResponse,
} from '@aws-sdk/client-iam';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { nameInArn } from './arns.ts';
import { parsePolicyDocument } from './policy/document.ts';
import type { PolicyDocument } from './policy/document.ts';
import { encodedDocument } from './policy-text.ts';

interface ManagedPolicy {
  readonly arn: string;
  readonly policyId: string;
  readonly description: string;
  readonly createDate: Date;
  readonly text: string;
  readonly document: PolicyDocument;
}

/** AWS Managed Policy Reference, "AmazonECSTaskExecutionRolePolicy", version 1. */
const TASK_EXECUTION = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [
        'ecr:GetAuthorizationToken',
        'ecr:BatchCheckLayerAvailability',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchGetImage',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
      ],
      Resource: '*',
    },
  ],
};

const taskExecution: ManagedPolicy = {
  arn: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
  policyId: 'ANPAJG4T4G4PV56DE72PY',
  description: 'Provides access to other AWS service resources that are required to run Amazon ECS tasks',
  createDate: new Date('2017-11-16T18:48:22Z'),
  text: JSON.stringify(TASK_EXECUTION, undefined, 4),
  document: parsePolicyDocument(TASK_EXECUTION),
};

/** AWS Managed Policy Reference, "AmazonSSMManagedInstanceCore", version 2. */
const MANAGED_INSTANCE = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [
        'ssm:DescribeAssociation',
        'ssm:GetDeployablePatchSnapshotForInstance',
        'ssm:GetDocument',
        'ssm:DescribeDocument',
        'ssm:GetManifest',
        'ssm:GetParameter',
        'ssm:GetParameters',
        'ssm:ListAssociations',
        'ssm:ListInstanceAssociations',
        'ssm:PutInventory',
        'ssm:PutComplianceItems',
        'ssm:PutConfigurePackageResult',
        'ssm:UpdateAssociationStatus',
        'ssm:UpdateInstanceAssociationStatus',
        'ssm:UpdateInstanceInformation',
      ],
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Action: [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Action: [
        'ec2messages:AcknowledgeMessage',
        'ec2messages:DeleteMessage',
        'ec2messages:FailMessage',
        'ec2messages:GetEndpoint',
        'ec2messages:GetMessages',
        'ec2messages:SendReply',
      ],
      Resource: '*',
    },
  ],
};

const managedInstance: ManagedPolicy = {
  arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
  policyId: 'ANPAIXSHM2BNB2D3AXXRU',
  description: 'The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.',
  createDate: new Date('2019-03-15T17:22:12Z'),
  text: JSON.stringify(MANAGED_INSTANCE, undefined, 4),
  document: parsePolicyDocument(MANAGED_INSTANCE),
};

const policies: ReadonlyMap<string, ManagedPolicy> = new Map(
  [taskExecution, managedInstance].map((policy) => [policy.arn, policy]),
);

/** Only the newest version of each is here, under this name. */
const ONLY_VERSION = 'v1';

export function findManagedPolicy(arn: string | undefined): ManagedPolicy | undefined {
  return policies.get(arn ?? '');
}

/** `attachments`: how many roles of the account have it. */
export function managedPolicyOperations(attachments: (arn: string) => number): Operations {
  const find = (arn: string | undefined): ManagedPolicy => {
    const policy = findManagedPolicy(arn);
    if (!policy) throw new ServiceError('NoSuchEntityException', `Policy ${arn ?? ''} was not found.`);
    return policy;
  };

  return {
    GetPolicy: ({ PolicyArn }: GetPolicyRequest): GetPolicyResponse => {
      const { arn, policyId, description, createDate } = find(PolicyArn);
      return {
        Policy: {
          PolicyName: nameInArn(arn),
          PolicyId: policyId,
          Arn: arn,
          Path: arn.slice(arn.indexOf('policy') + 'policy'.length, arn.lastIndexOf('/') + 1),
          DefaultVersionId: ONLY_VERSION,
          AttachmentCount: attachments(arn),
          PermissionsBoundaryUsageCount: 0,
          IsAttachable: true,
          Description: description,
          CreateDate: createDate,
          UpdateDate: createDate,
          Tags: [],
        },
      };
    },

    GetPolicyVersion: ({ PolicyArn, VersionId }: GetPolicyVersionRequest): GetPolicyVersionResponse => {
      const { arn, text, createDate } = find(PolicyArn);
      if (VersionId !== ONLY_VERSION) {
        throw new ServiceError(
          'NoSuchEntityException',
          `Policy ${arn} version ${VersionId ?? ''} does not exist or is not attachable.`,
        );
      }
      return {
        PolicyVersion: {
          Document: encodedDocument(text),
          VersionId: ONLY_VERSION,
          IsDefaultVersion: true,
          CreateDate: createDate,
        },
      };
    },
  };
}
