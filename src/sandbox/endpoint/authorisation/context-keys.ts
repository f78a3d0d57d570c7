/**
 * The condition keys that the sandbox gives to requests. A policy that hangs on another one is refused: it would be
 * judged as if AWS did not know what it asks for.
 */
import type { PolicyDocument } from '../../iam/policy/document.ts';

const KEYS: readonly RegExp[] = [
  /^aws:(RequestTag|ResourceTag)\/.+$/i,
  /^aws:(TagKeys|RequestedRegion|ResourceAccount|CurrentTime|EpochTime)$/i,
  /^aws:(username|userid|PrincipalArn|PrincipalAccount|PrincipalType)$/i,
  /^(ec2|ecs|elasticloadbalancing):CreateAction$/i,
  /^(ec2|ecs|elasticloadbalancing|iam|secretsmanager|ssm):ResourceTag\/.+$/i,
  /^ecs:cluster$/i,
  /^elasticache:(CacheNodeType|EngineType|EngineVersion|TransitEncryptionEnabled|AtRestEncryptionEnabled)$/i,
  /^elasticache:(AuthTokenEnabled|MultiAZEnabled|AutomaticFailoverEnabled|ClusterModeEnabled|NumNodeGroups)$/i,
  /^elasticache:(ReplicasPerNodeGroup|SnapshotRetentionLimit|CacheParameterGroupName|KmsKeyId)$/i,
  /^elasticache:(M(ax|in)imum(DataStorage|ECPUPerSecond)|DataStorageUnit|UserAuthenticationMode)$/i,
  /^iam:(PassedToService|PolicyARN)$/i,
  // There are no service-linked roles to make here, so statements about them never apply.
  /^iam:AWSServiceName$/i,
  /^secretsmanager:Name$/i,
  /^ssm:(Overwrite|SessionDocumentAccessCheck)$/i,
];

export function unknownContextKeys({ statements }: PolicyDocument): string[] {
  const keys = statements.flatMap(({ conditions }) => conditions.map(({ key }) => key));
  return [...new Set(keys)].filter((key) => !KEYS.some((pattern) => pattern.test(key)));
}
