/** Amazon resource names of IAM, which has no regions. */

export type RoleArn = (path: string, roleName: string) => string;

export function roleArnsOf(accountId: string): RoleArn {
  return (path, roleName) => `arn:aws:iam::${accountId}:role${path}${roleName}`;
}

/** 'AmazonECSTaskExecutionRolePolicy' of 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'. */
export function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
