/** The names that ECS gives: ARNs and random ids, spelled as AWS spells them. */
import { randomBytes, randomInt } from 'node:crypto';

export type Arns = ReturnType<typeof createArns>;

export function createArns(region: string, accountId: string) {
  const arn = (resource: string): string => `arn:aws:ecs:${region}:${accountId}:${resource}`;
  return {
    cluster: (name: string) => arn(`cluster/${name}`),
    service: (cluster: string, name: string) => arn(`service/${cluster}/${name}`),
    task: (cluster: string, id: string) => arn(`task/${cluster}/${id}`),
    container: (cluster: string, taskId: string, id: string) => arn(`container/${cluster}/${taskId}/${id}`),
    taskDefinition: (family: string, revision: number) => arn(`task-definition/${family}:${revision}`),
    taskSet: (cluster: string, service: string, id: string) => arn(`task-set/${cluster}/${service}/${id}`),
    serviceDeployment: (cluster: string, service: string) =>
      arn(`service-deployment/${cluster}/${service}/${randomBytes(16).toString('base64url').slice(0, 21)}`),
    serviceRevision: (cluster: string, service: string) =>
      arn(`service-revision/${cluster}/${service}/${decimalId()}`),
    containerInstance: (cluster: string, id: string) => arn(`container-instance/${cluster}/${id}`),
    capacityProvider: (name: string) => arn(`capacity-provider/${name}`),
    root: `arn:aws:iam::${accountId}:root`,
  };
}

/** 32 hexadecimal digits: a task's id. */
export function taskId(): string {
  return randomBytes(16).toString('hex');
}

/** 19 decimal digits: what follows 'ecs-svc/' in a deployment's id. */
export function decimalId(): string {
  return `${randomInt(1_000_000_000, 9_999_999_999)}${randomInt(100_000_000, 999_999_999)}`;
}

/** The last part of an ARN, or the name itself: most members accept both. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}
