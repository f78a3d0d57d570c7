/** Every service and operation that the sandbox carries. A service is added here with one line. */
import { autoscaling } from './models/autoscaling.ts';
import { cloudwatch } from './models/cloudwatch.ts';
import { ec2 } from './models/ec2.ts';
import { ecs } from './models/ecs.ts';
import { elasticache } from './models/elasticache.ts';
import { elasticloadbalancing } from './models/elasticloadbalancing.ts';
import { iam } from './models/iam.ts';
import { logs } from './models/logs.ts';
import { secretsmanager } from './models/secretsmanager.ts';
import { sns } from './models/sns.ts';
import { ssm } from './models/ssm.ts';
import { sts } from './models/sts.ts';
import type { ServiceModel } from './service-model.ts';

/** By the name that requests are signed with. */
export const serviceModels: ReadonlyMap<string, ServiceModel> = new Map(
  [
    autoscaling,
    cloudwatch,
    ec2,
    ecs,
    elasticache,
    elasticloadbalancing,
    iam,
    logs,
    secretsmanager,
    sns,
    ssm,
    sts,
  ].map((model) => [model.signingName, model]),
);
