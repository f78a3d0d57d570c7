/** The wizard's questions, in their order. What a flag has answered is shown and not asked again. */
import { KNOWN_NODE_TYPES, monthlyUsd, usableGib } from '../../domain/cost.ts';
import { isGiven } from '../../domain/settings.ts';
import { WizardError } from '../../errors.ts';
import type { Asker, Choice } from '../../inputs/asker.ts';
import type { InputName } from '../../inputs/catalogue.ts';
import { withAnswer, type Inputs } from '../../inputs/resolve.ts';
import type { ServiceChoice } from '../../survey/services.ts';

/** What the questions need to know of the account. */
export interface Reads {
  readonly region: string;
  listClusters(): Promise<readonly string[]>;
  listServices(ecsCluster: string): Promise<readonly ServiceChoice[]>;
  /** Whether the cache is there already: then its size is not asked, for it stays as it is. */
  cacheExists(name: string): Promise<boolean>;
}

export interface AppAnswers {
  readonly ecsCluster: string;
  readonly service: string;
}

export async function askApp(inputs: Inputs, asker: Asker, reads: Reads): Promise<AppAnswers> {
  const ecsCluster = await answerOf('ecsCluster', inputs, asker, async () => {
    const clusters = await reads.listClusters();
    return chooseFrom(
      'ecsCluster',
      clusters.map((value) => ({ value })),
      asker,
      `no ECS cluster in ${reads.region}`,
    );
  });
  const service = await answerOf('service', inputs, asker, async () => {
    const services = await reads.listServices(ecsCluster);
    return chooseFrom(
      'service',
      services.map(serviceChoice),
      asker,
      `no service in the ECS cluster ${ecsCluster}`,
    );
  });
  return { ecsCluster, service };
}

export function askProject(projects: readonly string[], asker: Asker): Promise<string> {
  const choices = projects.map((value) => ({ value }));
  return chooseFrom('project', choices, asker, 'no project in this account and region');
}

/** A list without choices could only be left by Ctrl-C. */
function chooseFrom(
  name: InputName,
  choices: readonly Choice[],
  asker: Asker,
  none: string,
): Promise<string> {
  if (choices.length > 0) return asker.choose(name, choices);
  const hint = 'Is this the right account and region (--profile, --region)?';
  return Promise.reject(new WizardError('NotFound', `There is ${none}`, { hint }));
}

export async function askCacheName(inputs: Inputs, asker: Asker, service: string): Promise<string> {
  const typed = await answerOf('cacheName', inputs, asker, () =>
    asker.type('cacheName', { suggestion: suggestedName(service) }),
  );
  return typed.toLowerCase();
}

/** Of a cache that is to be made: its size, and whether it is to outlive a zone. */
export async function askNewCache(
  inputs: Inputs,
  asker: Asker,
  reads: Reads,
  cacheName: string,
): Promise<Inputs> {
  if (!asker.interactive || (await reads.cacheExists(cacheName))) return inputs;
  return askAvailability(await askSize(inputs, asker, reads.region), asker);
}

async function askSize(inputs: Inputs, asker: Asker, region: string): Promise<Inputs> {
  const { cacheNodeType, engine } = inputs;
  if (isGiven(cacheNodeType)) {
    asker.echo('cacheNodeType', cacheNodeType.value);
    return inputs;
  }
  const choices = KNOWN_NODE_TYPES.map((nodeType) => sizeChoice(nodeType, engine.value, region));
  return withAnswer(
    inputs,
    'cacheNodeType',
    await asker.choose('cacheNodeType', choices, cacheNodeType.value),
  );
}

async function askAvailability(inputs: Inputs, asker: Asker): Promise<Inputs> {
  const { multiAz, replicas } = inputs;
  if (isGiven(multiAz) || isGiven(replicas)) {
    asker.echo('multiAz', multiAz.value ? 'yes' : 'no');
    return inputs;
  }
  const wanted = await asker.decide('multiAz', multiAz.value);
  const answered = withAnswer(inputs, 'multiAz', wanted);
  return withAnswer(answered, 'replicas', wanted ? Math.max(1, replicas.value) : 0);
}

/** What is compared on each refresh: without it the proof has a gap, which is the user's to leave. */
export async function askProof(inputs: Inputs, asker: Asker): Promise<Inputs> {
  if (!asker.interactive || !inputs.verify.value) return inputs;
  const { refreshPath, refreshValue } = inputs;
  if (refreshPath && refreshValue) {
    asker.echo('refreshPath', refreshPath.value);
    asker.echo('refreshValue', refreshValue.value);
    return inputs;
  }
  const path = await asker.type('refreshPath', { optional: true });
  if (path === '') return inputs;
  const value = await asker.type('refreshValue', { suggestion: 'body' });
  return withAnswer(withAnswer(inputs, 'refreshPath', path), 'refreshValue', value);
}

async function answerOf(
  name: 'ecsCluster' | 'service' | 'cacheName',
  inputs: Inputs,
  asker: Asker,
  ask: () => Promise<string>,
): Promise<string> {
  const given = inputs[name];
  if (!given) return ask();
  asker.echo(name, given.value);
  return given.value;
}

function suggestedName(service: string): string {
  const base = service
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return `${base.slice(0, 34).replace(/-+$/, '')}-redis`;
}

function serviceChoice({ service, desiredCount, runningCount, hasLoadBalancer }: ServiceChoice): Choice {
  const tasks = `${runningCount} of ${desiredCount} tasks run`;
  return { value: service, label: `${service}  ${tasks}${hasLoadBalancer ? '' : ', no load balancer'}` };
}

function sizeChoice(nodeType: string, engine: 'redis' | 'valkey', region: string): Choice {
  const price = monthlyUsd(nodeType, engine, 1, region);
  const memory = usableGib(nodeType);
  const facts = [
    price === undefined ? 'price not known here' : `$${price.toFixed(2)} a month`,
    ...(memory === undefined ? [] : [`${memory} GiB for data`]),
  ];
  return { value: nodeType, label: `${nodeType.padEnd(18)}${facts.join(', ')}` };
}
