/** Which app is to get the cache: a service of ECS, or instances of EC2. */
import type { Asker, Choice } from '../../inputs/asker.ts';
import type { InstanceSelection } from '../../domain/settings.ts';
import { withAnswers, type Answered } from '../../inputs/resolve.ts';
import { selectionOf } from '../../inputs/settings.ts';
import type { ClusterChoice } from '../../survey/clusters.ts';
import type { FoundServices, ServiceChoice } from '../../survey/services.ts';
import type { AccountReads } from './account-reads.ts';
import { requireSome, chooseOrAsk } from './choices.ts';
import type { Question } from './question.ts';

/** No cluster can be called so. */
const ON_INSTANCES = '(instances)';

const INSTANCE_ANSWERS = ['autoScalingGroup', 'instance', 'instanceSecurityGroup'] as const;

/** What was answered for one app, and may not be so for another. */
const OF_THE_APP = [
  'container',
  'envProfile',
  'envVar',
  'refreshPath',
  'refreshValue',
  'stickiness',
] as const;

const where: Question = {
  name: 'ecsCluster',
  answers: ['ecsCluster', ...INSTANCE_ANSWERS],
  voids: ['service', 'restartCommand', ...OF_THE_APP],
  async ask(inputs, asker, reads) {
    const clusters = await reads.clusters();
    const [first, ...others] = clusters.map(clusterChoice);
    // In a long list whatever stands last is out of sight.
    const choices = first
      ? [first, ...others.slice(0, IN_SIGHT), ON_EC2, ...others.slice(IN_SIGHT)]
      : [ON_EC2];
    const chosen = await chooseOrAsk(
      () => asker.choose('ecsCluster', choices),
      ON_INSTANCES,
      () => chooseInstances(asker.returning(), reads),
    );
    return withAnswers(inputs, typeof chosen === 'string' ? { ecsCluster: chosen } : chosen);
  },
};

async function chooseInstances(asker: Asker, reads: AccountReads): Promise<Answered | undefined> {
  const apps = await reads.instanceApps();
  requireSome(apps, `no app on EC2 instances in ${reads.region}`);
  const named = await asker.choose(
    'instance',
    apps.map(({ label, detail }) => ({ value: label, detail })),
  );
  const app = apps.find(({ label }) => label === named);
  return app && selected(app.selection);
}

/** Fewer than the lines of the smallest list. */
const IN_SIGHT = 2;

const ON_EC2: Choice = {
  value: ON_INSTANCES,
  label: 'on EC2 instances, not on ECS',
  short: 'on EC2 instances',
  detail: 'Auto Scaling groups and instances are listed next',
};

const service: Question = {
  name: 'service',
  answers: ['service'],
  voids: OF_THE_APP,
  isOpen: (inputs) => selectionOf(inputs) === undefined,
  async ask(inputs, asker, reads) {
    const ecsCluster = inputs.ecsCluster?.value ?? '';
    const search = reads.services(ecsCluster);
    const { services, others } = await search.find('');
    if (others === 0) requireSome(services, `no service in the ECS cluster ${ecsCluster}`);
    const chosen =
      others === 0
        ? await asker.choose('service', services.map(serviceChoice))
        : await asker.search('service', async (term, signal) => listed(await search.find(term, signal)));
    return withAnswers(inputs, { service: chosen });
  },
};

/** Asked only where several could be meant, which is known once the service is read. */
const container: Question = {
  name: 'container',
  answers: ['container'],
  voids: ['envProfile', 'envVar'],
  isOpen: (inputs) => selectionOf(inputs) === undefined,
  ask: async (inputs, asker, reads) => (await reads.app(inputs, asker)).inputs,
};

export const APP_QUESTIONS: readonly Question[] = [where, service, container];

export const restart: Question = {
  name: 'restartCommand',
  answers: ['restartCommand'],
  isOpen: (inputs) => selectionOf(inputs) !== undefined,
  async ask(inputs, asker) {
    const detail = 'run through SSM, one instance after another; empty: you restart it yourself';
    const command = await asker.type('restartCommand', { optional: true, detail });
    return withAnswers(inputs, command === '' ? {} : { restartCommand: command });
  },
};

function selected(selection: InstanceSelection): Answered {
  if ('autoScalingGroup' in selection) return selection;
  return 'securityGroup' in selection
    ? { instanceSecurityGroup: selection.securityGroup }
    : { instance: [...selection.instances] };
}

function listed({ services, others }: FoundServices): Choice[] {
  const choices = services.map(serviceChoice);
  if (others === 0) return choices;
  const more = others === undefined ? 'more there are' : `${others} more`;
  return [...choices, { value: '', label: `… ${more}`, disabled: 'type a part of the name' }];
}

function serviceChoice(found: ServiceChoice): Choice {
  const { service: value, desiredCount, runningCount, hasLoadBalancer, targetGroups } = found;
  const behind = targetGroups.length > 0 ? `target group ${targetGroups.join(', ')}` : 'a load balancer';
  return {
    value,
    label: `${value}  ${runningCount} of ${desiredCount} tasks run${hasLoadBalancer ? '' : ', no load balancer'}`,
    detail: [
      ...(found.runsOn === '' ? [] : [found.runsOn]),
      ...(hasLoadBalancer ? [`behind ${behind}`] : []),
      ...(found.isDaemon ? ['one task on each container instance'] : []),
      ...(found.deploymentController === 'ECS' ? [] : [`driven by ${found.deploymentController}: refused`]),
    ].join(', '),
  };
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

function clusterChoice({ name, activeServices, runningTasks }: ClusterChoice): Choice {
  if (activeServices === undefined) return { value: name };
  if (activeServices === 0) return { value: name, label: name, disabled: 'no service in it' };
  return {
    value: name,
    label: `${name}  ${counted(activeServices, 'service')}, ${counted(runningTasks ?? 0, 'task')} run`,
  };
}
