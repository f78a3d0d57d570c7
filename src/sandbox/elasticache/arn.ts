/** Amazon resource names of ElastiCache (user guide, "Resource-level permissions"). */
export type ResourceType =
  | 'replicationgroup'
  | 'cluster'
  | 'subnetgroup'
  | 'parametergroup'
  | 'snapshot'
  | 'user'
  | 'usergroup'
  | 'serverlesscache'
  | 'serverlesscachesnapshot';

export type Arn = (type: ResourceType, name: string) => string;

export function arnsOf(region: string, accountId: string): Arn {
  return (type, name) => `arn:aws:elasticache:${region}:${accountId}:${type}:${name}`;
}
