/** Everything that can be said to be in the way before the first write: one small inspection each, all read-only. */
import type { Aws } from '../aws/aws.ts';
import type { Identity } from '../domain/app.ts';
import type { Ec2Consumer, EcsConsumer } from '../domain/consumer.ts';
import type { Settings } from '../domain/settings.ts';
import { definitionSize, executionRole, variables } from './definition-findings.ts';
import type { Finding, Inspection } from './finding.ts';
import { agents, longSelection, valueRights, valueTexts } from './instance-findings.ts';
import { dns, egress, egressOf, openToAll, subnets } from './network-findings.ts';
import { clearText } from './proof-findings.ts';
import { percentages, strategy, watching } from './rollout-findings.ts';
import { endpoints, platform, secretAccess } from './secret-findings.ts';
import {
  active,
  controller,
  deploymentInProgress,
  desiredCount,
  latestRevision,
  managers,
  stickiness,
} from './service-findings.ts';
import { tagCounts, tagValues } from './tag-findings.ts';
import { tlsUnsaid } from './tls-findings.ts';

const INSPECTIONS: readonly Inspection[] = [
  controller,
  active,
  deploymentInProgress,
  desiredCount,
  watching,
  percentages,
  strategy,
  clearText,
  dns,
  subnets,
  variables,
  executionRole,
  secretAccess,
  platform,
  endpoints,
  definitionSize,
  tagValues,
  tagCounts,
  managers,
  egress,
  openToAll,
  tlsUnsaid,
  stickiness,
  latestRevision,
];

const SEVERITIES = ['block', 'warn', 'note'];

/** What blocks first. */
export async function preflight(
  settings: Settings,
  { settings: consumer, app }: EcsConsumer,
  aws: Aws,
): Promise<Finding[]> {
  const situation = { settings, app, aws, consumer };
  return inOrder(await Promise.all(INSPECTIONS.map(async (inspect) => inspect(situation))));
}

/** Of an app on instances: nothing of ECS, and what it takes to reach them. */
export async function preflightOfInstances(
  settings: Settings,
  consumer: Ec2Consumer,
  identity: Identity,
  aws: Aws,
): Promise<Finding[]> {
  const { app } = consumer;
  const situation = { settings, app, aws };
  const interfaces = app.instances.map(({ securityGroupIds }) => securityGroupIds);
  return inOrder([
    clearText(situation),
    dns(situation),
    await subnets(situation),
    agents(consumer),
    longSelection(consumer.settings),
    valueTexts(consumer.settings),
    await valueRights(consumer, identity, aws),
    await egressOf(interfaces, situation),
    openToAll(situation),
  ]);
}

function inOrder(found: readonly (readonly Finding[])[]): Finding[] {
  return found
    .flat()
    .sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity));
}
