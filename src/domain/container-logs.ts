/** Where a container's lines go in CloudWatch Logs. */
import { nameOf } from './arn.ts';
import type { Json, JsonObject } from './json.ts';

export interface Awslogs {
  readonly logGroupName: string;
  readonly region: string | undefined;
  /** Undefined without a stream prefix: streams are then named by container ids, which ECS does not tell. */
  streamOf(container: string, taskArn: string): string | undefined;
}

/** Undefined where the container does not log through the awslogs driver. */
export function awslogsOf(container: JsonObject): Awslogs | undefined {
  const { logDriver, options } = objectOf(container.logConfiguration);
  const {
    'awslogs-group': group,
    'awslogs-region': region,
    'awslogs-stream-prefix': prefix,
  } = objectOf(options);
  if (logDriver !== 'awslogs' || typeof group !== 'string') return undefined;
  return {
    logGroupName: group,
    region: typeof region === 'string' ? region : undefined,
    streamOf: (name, taskArn) =>
      typeof prefix === 'string' ? `${prefix}/${name}/${nameOf(taskArn)}` : undefined,
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
