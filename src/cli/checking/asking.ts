/** Where the cache is asked from: where the app runs, unless somebody names another place. */
import type { PingEvidence } from '../../checks/context.ts';
import type { Consumer, Ec2Consumer, EcsConsumer } from '../../domain/consumer.ts';
import { causeOnTheWay } from '../../domain/elsewhere.ts';
import type { AppInstance } from '../../domain/instance-app.ts';
import type { Elsewhere, ProbeReport } from '../../domain/probe-report.ts';
import { urlOf, type ProbeTarget } from '../../domain/probe-target.ts';
import { WizardError } from '../../errors.ts';
import { readInstances } from '../../survey/instances.ts';
import { askFromInstances, askOnInstances, NOTHING_WAITS, targetsOf } from './instance-asking.ts';
import { askFromHere } from './local-asking.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';
import { askFromTask, serviceAddress, type Address } from './task-asking.ts';

export function askFrom(consumer: Consumer, project: Project, session: Session): Promise<PingEvidence> {
  const from = session.inputs.from?.value;
  if (from === 'here') return askFromHere(consumer, project, session);
  if (consumer.kind === 'ecs') {
    return from === undefined || from === 'task'
      ? askFromTask(consumer, project, session)
      : askService(consumer, from, project, session);
  }
  return from === undefined || from === 'instance'
    ? askFromInstances(consumer, project, session)
    : askElsewhere(consumer, from, project, session);
}

/** Said before anything is asked: what is named must be there, and be a place that the apps have. */
export async function requirePlaces({ consumers, aws }: Project, { inputs }: Session): Promise<void> {
  const from = inputs.from?.value;
  if (from?.startsWith('i-')) await readInstances(aws, [from]);
  for (const { kind, app, settings } of consumers) {
    if (from === 'task' && kind === 'ec2') {
      throw new WizardError(
        'InvalidInput',
        `--from task runs a task of ECS, and ${settings.name} is on instances`,
        { hint: 'Leave it out: the cache is then asked from where each app runs.' },
      );
    }
    if (from === 'instance' && kind === 'ecs' && isOnFargate(app)) {
      throw new WizardError(
        'InvalidInput',
        `--from instance has no meaning for ${settings.name}, which is on Fargate and has no instances`,
        { hint: 'Name one that is there, such as a bastion: --from i-0123456789abcdef0.' },
      );
    }
  }
}

function isOnFargate({ service }: EcsConsumer['app']): boolean {
  const { launchType, capacityProviderStrategy } = service;
  const providers = capacityProviderStrategy.map(({ capacityProvider }) => capacityProvider);
  return (
    launchType === 'FARGATE' || (providers.length > 0 && providers.every((name) => /^FARGATE/.test(name)))
  );
}

async function askService(
  consumer: EcsConsumer,
  from: string,
  project: Project,
  session: Session,
): Promise<PingEvidence> {
  const found = await serviceAddress(consumer, project);
  if (!('target' in found)) return found;
  const instances =
    from === 'instance' ? await readHosts(consumer, project) : await readInstances(project.aws, [from]);
  if (instances.length === 0) {
    const hint = 'Name one: --from i-0123456789abcdef0.';
    return { notAsked: 'none of its tasks runs on an instance', hint };
  }
  const target = withoutSecrets(found);
  if (!target) return { notAsked: SECRET, hint: ASK_FROM_TASK };
  const name = from === 'instance' ? consumer.settings.name : from;
  const answer = await askOnInstances(instances, [target], name, project, session);
  const report = 'stages' in answer && target !== found.target ? { ...answer, ...WITHHELD } : answer;
  // Tasks in bridge and host mode go out by their instance's own interface.
  const isPlaceOfApp = from === 'instance' && consumer.app.service.awsvpc === undefined;
  const place = instances.map(({ instanceId }) => instanceId).join(', ');
  return seenFrom(isPlaceOfApp ? undefined : { place }, report, ASK_FROM_TASK);
}

const SECRET = 'its address is a secret of ECS, which no instance reads';
const WITHHELD = {
  credentialsWithheld: true,
  withheldBecause: 'it is a secret of ECS, which no instance reads',
} as const;

/** As it is where there are none; undefined where nothing else tells the address. */
function withoutSecrets({ target, endpoint }: Address): ProbeTarget | undefined {
  const { variable, url, password } = target;
  if ('valueFrom' in url) {
    return endpoint && { variable, url: { value: urlOf(endpoint) } };
  }
  return password && 'valueFrom' in password.variable ? { variable, url } : target;
}

const ASK_FROM_TASK = 'Ask from where the app runs: elasticache-wizard verify --from task.';

async function readHosts({ app }: EcsConsumer, { aws }: Project): Promise<AppInstance[]> {
  const { ecsCluster, service } = app;
  const by = { service: service.serviceName, desiredStatus: 'RUNNING' } as const;
  const tasks = await aws.ecs.describeTasks(ecsCluster, await aws.ecs.listTasks(ecsCluster, by));
  const hosts = [...new Set(tasks.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []))];
  const ids = hosts.length === 0 ? [] : await aws.ecs.readInstanceIds(ecsCluster, hosts);
  return ids.length === 0 ? [] : readInstances(aws, ids);
}

async function askElsewhere(
  consumer: Ec2Consumer,
  from: string,
  project: Project,
  session: Session,
): Promise<PingEvidence> {
  const targets = await targetsOf(consumer, project);
  if (targets.length === 0) return NOTHING_WAITS;
  const instances = await readInstances(project.aws, [from]);
  const report = await askOnInstances(instances, targets, from, project, session);
  const isOfApp = consumer.app.instances.some(({ instanceId }) => instanceId === from);
  const hint = 'Ask from where the app runs: elasticache-wizard verify --from instance.';
  return seenFrom(isOfApp ? undefined : { place: from }, report, hint);
}

/** `elsewhere`: undefined where the app runs. */
function seenFrom(
  elsewhere: Elsewhere | undefined,
  answer: ProbeReport | { readonly notAsked: string },
  hint: string,
): PingEvidence {
  if ('notAsked' in answer) return { ...answer, hint };
  if (!elsewhere) return answer;
  const cause = causeOnTheWay(answer, elsewhere);
  return cause === undefined ? { ...answer, elsewhere } : { notAsked: cause, hint };
}
