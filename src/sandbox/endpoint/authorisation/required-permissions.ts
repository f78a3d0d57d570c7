/** All that a call must be allowed: its own action, the tagging of what it makes, and what else it depends on. */
import { requestTags } from './request-tags.ts';
import { autoscalingPermissions } from './autoscaling.ts';
import { cloudwatchPermissions } from './cloudwatch.ts';
import { ec2Permissions, ec2TaggingOnCreate } from './ec2.ts';
import { ecsPermissions } from './ecs.ts';
import { elasticachePermissions } from './elasticache.ts';
import { elasticloadbalancingPermissions } from './elasticloadbalancing.ts';
import { iamPermissions } from './iam.ts';
import { logsPermissions } from './logs.ts';
import { ANY_RESOURCE } from './permission.ts';
import type { Permission, PermissionRules, Place, Resource } from './permission.ts';
import { secretsmanagerPermissions } from './secretsmanager.ts';
import { snsPermissions } from './sns.ts';
import { ssmPermissions } from './ssm.ts';

const RULES: Readonly<Record<string, (place: Place) => PermissionRules>> = {
  autoscaling: autoscalingPermissions,
  cloudwatch: cloudwatchPermissions,
  ec2: ec2Permissions,
  ecs: ecsPermissions,
  elasticache: elasticachePermissions,
  elasticloadbalancing: elasticloadbalancingPermissions,
  iam: iamPermissions,
  logs: logsPermissions,
  secretsmanager: secretsmanagerPermissions,
  sns: snsPermissions,
  ssm: ssmPermissions,
};

/** The action with which each service tags, and the key that says for which operation; EC2 has a way of its own. */
const TAGGING: Readonly<Record<string, { readonly action: string; readonly createAction?: string }>> = {
  autoscaling: { action: 'autoscaling:CreateOrUpdateTags' },
  cloudwatch: { action: 'cloudwatch:TagResource' },
  ecs: { action: 'ecs:TagResource', createAction: 'ecs:CreateAction' },
  elasticache: { action: 'elasticache:AddTagsToResource' },
  elasticloadbalancing: {
    action: 'elasticloadbalancing:AddTags',
    createAction: 'elasticloadbalancing:CreateAction',
  },
  iam: { action: 'iam:TagRole' },
  logs: { action: 'logs:TagResource' },
  secretsmanager: { action: 'secretsmanager:TagResource' },
  sns: { action: 'sns:TagResource' },
  ssm: { action: 'ssm:AddTagsToResource' },
};

export async function requiredPermissions(
  service: string,
  action: string,
  input: object,
  place: Place,
): Promise<Permission[]> {
  const { resources, further = [] } = (await RULES[service]?.(place)[action]?.(input)) ?? ANY_RESOURCE;
  // A request that names nothing is about nothing in particular.
  const own = resources.length > 0 ? resources : ANY_RESOURCE.resources;
  return [
    { action: `${service}:${action}`, resources: own },
    ...taggingOnCreate(service, action, input, place, own),
    ...further,
  ];
}

function taggingOnCreate(
  service: string,
  action: string,
  input: object,
  place: Place,
  resources: readonly Resource[],
): Permission[] {
  if (service === 'ec2') return ec2TaggingOnCreate(place, action, input);
  const tagging = TAGGING[service];
  const target = resources.find((resource) => resource.takesTags);
  const isTagging = /Tag/.test(action);
  if (!tagging || !target || isTagging || requestTags(input).size === 0) return [];
  const context = tagging.createAction === undefined ? {} : { [tagging.createAction]: action };
  return [{ action: tagging.action, resources: [{ ...target, context }] }];
}
