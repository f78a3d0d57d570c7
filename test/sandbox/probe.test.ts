/** The probe on ECS against the sandbox: what it finds out, and that nothing of it is left. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAws } from '../../src/aws/clients.ts';
import type { Aws } from '../../src/aws/aws.ts';
import { readProbePrograms } from '../../src/cli/opening/probe-programs.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { App } from '../../src/domain/app.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { ProbeReport, Rehearsal } from '../../src/domain/probe-report.ts';
import { askZones } from '../../src/checks/cache/zones.ts';
import { waitFor } from '../../src/engine/wait.ts';
import type { WizardError } from '../../src/errors.ts';
import { probeFamily } from '../../src/probe/definition.ts';
import { ecsProbe } from '../../src/probe/ecs-probe.ts';
import type { Probe, ProbeStep } from '../../src/probe/probe.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { readApp } from '../../src/survey/app.ts';
import { inMatrix } from '../matrix.ts';
import { accountCalls } from './account-calls.ts';
import { COLLABCANVAS, commandLine, PROGRAMS } from './command-line.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
const FAMILY = 'elasticache-wizard-probe-collabcanvas-canvas';
const OURS = {
  'elasticache-wizard:project': 'canvas',
  'elasticache-wizard:of': FAMILY,
  'elasticache-wizard:ecs-cluster': 'collabcanvas',
};
/** Longer than a probe may take. */
const MINUTES_11 = 11 * 60_000;
let sandbox: Sandbox;
let aws: Aws;
let app: App;
let url: string;
let step: ProbeStep;

beforeAll(async () => {
  const scenario = quickCanvas({ tasks: 1 });
  sandbox = await quickSandbox({ scenario, clock });
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env;
  aws = createAws({
    region: sandbox.region,
    endpointUrl: sandbox.endpointUrl,
    credentials: { accessKeyId, secretAccessKey },
    clock,
    retryDelay: () => 0,
  });
  await commandLine(['setup', ...COLLABCANVAS, '--yes', '--no-verify', '--no-probe'], sandbox, clock);
  app = await readApp(
    aws,
    { ecsCluster: 'collabcanvas', service: 'collabcanvas-backend', container: 'backend' },
    { container: () => Promise.reject(new Error('nobody is asked')) },
  );
  const { address, port } = (await aws.elasticache.readReplicationGroup('collabcanvas-redis'))!.endpoint!;
  url = `rediss://${address}:${port}`;
});

beforeEach(() => {
  step = stepUntil(new AbortController().signal);
});

afterEach(() => sandbox.setPolicy(undefined));

afterAll(() => sandbox.close());

function stepUntil(signal: AbortSignal): ProbeStep {
  return {
    signal,
    progress: () => undefined,
    wait: (wait) => waitFor(wait, { clock, signal, onDetail: () => undefined }),
  };
}

function probe(more: { probeImage?: string; clock?: VirtualClock } = {}): Probe {
  return ecsProbe({
    aws,
    project: 'canvas',
    programs: readProbePrograms(PROGRAMS),
    userTags: { team: 'canvas' },
    clock,
    ...more,
  });
}

async function left(): Promise<{ definitions: string[]; tasks: string[] }> {
  const tasks = await aws.ecs.listTasks('collabcanvas', {
    startedBy: 'elasticache-wizard/canvas',
    desiredStatus: 'RUNNING',
  });
  return { definitions: await aws.ecs.listTaskDefinitions(FAMILY, 10), tasks };
}

function deny(action: string): void {
  const allowed = { Effect: 'Allow', Action: '*', Resource: '*' };
  const denied = { Effect: 'Deny', Action: action, Resource: '*' };
  sandbox.setPolicy({ Version: '2012-10-17', Statement: [allowed, denied] });
}

const NOTHING = { definitions: [], tasks: [] };
const image = (): string => containers(app.taskDefinition.document)[1]!.image as string;

function containers(document: JsonObject): JsonObject[] {
  return document.containerDefinitions as unknown as JsonObject[];
}

/** The app with its container's image or other members changed. */
function appWith(change: JsonObject): App {
  const [sidecar, backend] = containers(app.taskDefinition.document);
  const document = {
    ...app.taskDefinition.document,
    containerDefinitions: [sidecar!, { ...backend, ...change }],
  };
  return { ...app, taskDefinition: { ...app.taskDefinition, document } };
}

function addImage(reference: string, programs: Readonly<Record<string, string>>): string {
  const { account } = sandbox;
  account.images.set(reference, {
    reference,
    architecture: 'X86_64',
    entryPoint: [],
    command: [],
    environment: {},
    programs,
    files: {},
  });
  return reference;
}

function possible(rehearsal: Rehearsal): Extract<Rehearsal, { possible: true }> {
  if (!rehearsal.possible) throw new Error(rehearsal.reason);
  return rehearsal;
}

describe('a rehearsal', () => {
  test('finds node in the app’s image, and leaves nothing', async () => {
    expect(await probe().rehearse(app, step)).toEqual({ possible: true, runtime: 'node', image: image() });
    expect(await left()).toEqual(NOTHING);
  });

  test('goes on to the probe image where the app’s has neither node, python3 nor sh', async () => {
    const bare = addImage('registry.example/scratch:1', {});
    const probeImage = addImage('registry.example/probe:1', { node: process.execPath });
    const rehearsal = await probe({ probeImage }).rehearse(appWith({ image: bare }), step);
    expect(rehearsal).toEqual({ possible: true, runtime: 'node', image: probeImage });
  });

  test('says what is missing where there is no such image', async () => {
    const bare = addImage('registry.example/scratch:1', {});
    const rehearsal = await probe().rehearse(appWith({ image: bare }), step);
    expect(rehearsal).toMatchObject({ possible: false });
    const { reason } = rehearsal as Extract<Rehearsal, { possible: false }>;
    expect(reason).toContain('has no node');
    expect(reason).toContain('has no sh');
    expect(reason).toContain('--probe-image');
    expect(await left()).toEqual(NOTHING);
  });

  test('tells the reason where the image cannot be pulled', async () => {
    const rehearsal = await probe().rehearse(appWith({ image: 'registry.example/gone:1' }), step);
    expect(rehearsal).toMatchObject({
      possible: false,
      reason: expect.stringContaining('CannotPull') as string,
    });
    expect(await left()).toEqual(NOTHING);
  });

  test('names the right that is missing', async () => {
    deny('ecs:RunTask');
    const rehearsal = await probe().rehearse(app, step);
    expect(rehearsal).toMatchObject({
      possible: false,
      reason: expect.stringContaining('ecs:RunTask') as string,
    });
    expect(await left()).toEqual(NOTHING);
  });

  test.each(['ecs:RegisterTaskDefinition', 'iam:PassRole'])(
    'ends the run where %s is missing, without which setup could not end well',
    async (action) => {
      deny(action);
      const rehearsal = probe().rehearse(app, step);
      const refusal = await rehearsal.catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'AccessDenied' });
      expect((refusal as WizardError).message).toContain(action);
      expect((refusal as WizardError).hint).toContain('--no-probe');
      expect(await left()).toEqual(NOTHING);
    },
  );
});

describe('what an earlier run left', () => {
  afterEach(() => removeAll());

  /** A task that would run on, of a revision with these tags. */
  async function leave(tags: Record<string, string>, family = FAMILY): Promise<string> {
    const { ecs } = aws;
    const slow = addImage('registry.example/slow:1', { sleep: process.execPath });
    const definition = await ecs.registerTaskDefinition({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn: app.taskDefinition.document.executionRoleArn!,
      containerDefinitions: [
        {
          name: 'probe',
          image: slow,
          entryPoint: ['sleep', '-e', 'require("net").createServer().listen(3000)'],
          // The sandbox waits until a task has ended, or listens at its port.
          portMappings: [{ containerPort: 3000 }],
        },
      ],
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    });
    const started = await ecs.runTask({
      ecsCluster: 'collabcanvas',
      taskDefinitionArn: definition.taskDefinitionArn,
      launchType: 'FARGATE',
      awsvpc: app.service.awsvpc!,
      startedBy: 'elasticache-wizard/canvas',
      clientToken: randomUUID(),
      tags,
    });
    expect(started).toHaveProperty('task');
    return definition.taskDefinitionArn;
  }

  async function removeAll(): Promise<void> {
    const { definitions, tasks } = await left();
    await Promise.all(tasks.map((arn) => aws.ecs.stopTask('collabcanvas', arn, 'The test is over')));
    await Promise.all(definitions.map((arn) => aws.ecs.deregisterTaskDefinition(arn)));
  }

  const inFuture = (ms: number): VirtualClock => new VirtualClock({ start: clock.now() + ms });

  test('is removed when that run was killed', async () => {
    await leave(OURS);
    await probe({ clock: inFuture(MINUTES_11) }).rehearse(app, step);
    expect(await left()).toEqual(NOTHING);
  });

  test('is removed when only its task is there still', async () => {
    await aws.ecs.deregisterTaskDefinition(await leave(OURS));
    await probe({ clock: inFuture(MINUTES_11) }).rehearse(app, step);
    expect(await left()).toEqual(NOTHING);
  });

  test.each([
    ['a run beside this one that still waits for it', OURS, 0],
    [
      'a project of that name in another cluster',
      { ...OURS, 'elasticache-wizard:ecs-cluster': 'staging' },
      MINUTES_11,
    ],
    ['another project', { ...OURS, 'elasticache-wizard:project': 'canvas-2' }, MINUTES_11],
    ['somebody who has tags of their own', { team: 'canvas' }, MINUTES_11],
  ])('is left alone when it is of %s', async (_, tags, age) => {
    const arn = await leave(tags);
    await probe({ clock: inFuture(age) }).rehearse(app, step);
    const { definitions, tasks } = await left();
    expect(definitions).toEqual([arn]);
    expect(tasks).toHaveLength(1);
  });
});

test('projects of one name in two clusters have probes of two families, however long their names are', () => {
  expect(probeFamily('staging', 'backend')).toBe('elasticache-wizard-probe-staging-backend');
  const long = 'c'.repeat(255);
  const families = ['one', 'other'].map((project) => probeFamily(long, project));
  expect(new Set(families).size).toBe(2);
  expect(families.map(({ length }) => length)).toEqual([255, 255]);
});

describe('asking', () => {
  test('a cache that answers passes every stage from a task of ours', async () => {
    const here = probe();
    const report = await here.ask(
      app,
      { variable: 'REDIS_URL', url: { value: url } },
      possible(await here.rehearse(app, step)),
      step,
    );
    expect(report.failed).toBeUndefined();
    expect(report.stages.map(({ stage }) => stage)).toEqual([
      'parse',
      'dns',
      'tcp',
      'tls',
      'ping',
      'keys',
      'info',
    ]);
    expect(report).toMatchObject({ variable: 'REDIS_URL', role: 'master', runtime: 'node' });
    expect(report.taskArn).toContain(':task/collabcanvas/');
    expect(await left()).toEqual(NOTHING);
  });

  test('the task is of a definition of ours with one container and nothing of the app’s own', async () => {
    const here = probe();
    await here.ask(
      app,
      { variable: 'REDIS_URL', url: { value: url } },
      { possible: true, runtime: 'node', image: image() },
      step,
    );
    const definition = (await aws.ecs.readTaskDefinition(await lastProbeRevision()))!;
    expect(definition.tags).toEqual({
      team: 'canvas',
      ...OURS,
    });
    const { document } = definition;
    expect(document.taskRoleArn).toBeUndefined();
    expect(document.executionRoleArn).toBe(app.taskDefinition.document.executionRoleArn);
    expect(containers(document)).toHaveLength(1);
    const [container] = containers(document);
    expect(container).toMatchObject({
      name: 'probe',
      image: image(),
      environment: expect.arrayContaining([{ name: 'REDIS_URL', value: url }]) as unknown,
    });
    expect(container!.environment).toHaveLength(2);
    expect(container!.portMappings ?? []).toEqual([]);
    expect(container!.secrets ?? []).toEqual([]);
  });

  test('a password is in no revision, and what needs none is found out all the same', async () => {
    const how = { possible: true, runtime: 'node', image: image() } as const;
    for (const value of [
      url.replace('://', '://app:hunter2@'),
      `${url}/3?password=hunter2`,
      url.replace('://', '://hunter2@'),
    ]) {
      const report = await probe().ask(app, { variable: 'REDIS_URL', url: { value } }, how, step);
      expect(report).toMatchObject({ credentialsWithheld: true });
      expect(report.stages.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['dns', 'tcp', 'tls']));
      const definition = await aws.ecs.readTaskDefinition(await lastProbeRevision());
      expect(JSON.stringify(definition)).toContain('ELASTICACHE_WIZARD_VARIABLE');
      expect(JSON.stringify(definition)).not.toContain('hunter2');
    }
  });

  test.each(['host:6379,password=hunter2', 'redis://:hun/ter2@host:6379', 'redis://user:12/hunter2@host'])(
    'what may hold a password that cannot be left out is not handed over: %s',
    async (value) => {
      const how = { possible: true, runtime: 'node', image: image() } as const;
      const asked = probe().ask(app, { variable: 'REDIS_URL', url: { value } }, how, step);
      const refusal = await asked.then(String, (error: unknown) => String(error));
      expect(refusal).toContain('REDIS_URL is no URL');
      expect(refusal).not.toContain('hunter2');
    },
  );

  test('its revision is deleted, and without the right to that only deregistered', async () => {
    const how = { possible: true, runtime: 'node', image: image() } as const;
    const statusAfter = async (): Promise<string | undefined> => {
      await probe().ask(app, { variable: 'REDIS_URL', url: { value: url } }, how, step);
      return (await aws.ecs.readTaskDefinition(await lastProbeRevision()))?.status;
    };
    expect(await statusAfter()).toBe('DELETE_IN_PROGRESS');
    deny('ecs:DeleteTaskDefinitions');
    const without = await statusAfter();
    expect(without).toBe('INACTIVE');
    expect(await left()).toEqual(NOTHING);
  });

  test('without a log that can be read, the exit code tells', async () => {
    const silent = appWith({ logConfiguration: { logDriver: 'json-file' } });
    const how = { possible: true, runtime: 'node', image: image() } as const;
    const good = await probe().ask(silent, { variable: 'REDIS_URL', url: { value: url } }, how, step);
    expect(good.failed).toBeUndefined();
    const bad = await probe().ask(
      silent,
      { variable: 'REDIS_URL', url: { value: 'rediss://nowhere.invalid:6379' } },
      how,
      step,
    );
    expect(bad.failed).toBe('dns');
  });

  test('plaintext to a cache that takes TLS is told as that', async () => {
    const how = { possible: true, runtime: 'node', image: image() } as const;
    const value = url.replace('rediss', 'redis');
    const report = await probe().ask(app, { variable: 'REDIS_URL', url: { value } }, how, step);
    expect(report).toMatchObject({ failed: 'ping', otherWayAnswers: true });
  });

  test('a program that does not start is a failure with AWS’s reason', async () => {
    const bare = addImage('registry.example/scratch:1', {});
    const how = { possible: true, runtime: 'node', image: bare } as const;
    const asked = probe().ask(app, { variable: 'REDIS_URL', url: { value: url } }, how, step);
    await expect(asked).rejects.toThrow('executable file not found');
    expect(await left()).toEqual(NOTHING);
  });

  test('an abort while the task runs leaves nothing either', async () => {
    const aborted = new AbortController();
    const interrupted: ProbeStep = {
      ...stepUntil(aborted.signal),
      wait: (wait) => {
        aborted.abort(new Error('Interrupted'));
        return stepUntil(aborted.signal).wait(wait);
      },
    };
    const how = { possible: true, runtime: 'node', image: image() } as const;
    await expect(
      probe().ask(app, { variable: 'REDIS_URL', url: { value: url } }, how, interrupted),
    ).rejects.toThrow('Interrupted');
    expect(await left()).toEqual(NOTHING);
  });
});

describe('asking from each zone', () => {
  const how = (): Extract<Rehearsal, { possible: true }> => ({
    possible: true,
    runtime: 'node',
    image: image(),
  });
  const ask = (at: ProbeStep = step): Promise<ProbeReport> =>
    probe().ask(app, { variable: 'REDIS_URL', url: { value: url } }, how(), at, 'each zone');
  const zonesOf = ({ zone, otherZones = [] }: ProbeReport): (string | undefined)[] => [
    zone,
    ...otherZones.map((other) => other.zone),
  ];

  /** Lets no packet out of the subnet or into it, until what it returns is called. */
  async function cutOff(subnetId: string): Promise<() => Promise<unknown>> {
    const call = accountCalls(sandbox, clock);
    const { NetworkAcls } = await call<{ NetworkAcls: NetworkAcl[] }>('ec2', 'DescribeNetworkAcls', {
      Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }],
    });
    const before = NetworkAcls[0]!;
    const replace = async (AssociationId: string, NetworkAclId: string): Promise<string> => {
      const replaced = { AssociationId, NetworkAclId };
      const { NewAssociationId } = await call<{ NewAssociationId: string }>(
        'ec2',
        'ReplaceNetworkAclAssociation',
        replaced,
      );
      return NewAssociationId;
    };
    const { NetworkAcl: closed } = await call<{ NetworkAcl: NetworkAcl }>('ec2', 'CreateNetworkAcl', {
      VpcId: app.network.vpcId,
    });
    // The image is pulled and the log written all the same; the cache's port is shut.
    const everything = { NetworkAclId: closed.NetworkAclId, Protocol: '-1', CidrBlock: '0.0.0.0/0' };
    const shut = { Protocol: '6', PortRange: { From: 6379, To: 6379 }, RuleAction: 'deny', RuleNumber: 50 };
    for (const Egress of [false, true]) {
      const open = { ...everything, RuleAction: 'allow', RuleNumber: 100, Egress };
      await call('ec2', 'CreateNetworkAclEntry', open);
    }
    await call('ec2', 'CreateNetworkAclEntry', { ...everything, ...shut, Egress: true });
    const association = before.Associations.find((one) => one.SubnetId === subnetId)!;
    const now = await replace(association.NetworkAclAssociationId, closed.NetworkAclId);
    return () => replace(now, before.NetworkAclId);
  }

  test('runs one task in each, the first before the others, and leaves none', async () => {
    const report = await ask();
    expect(zonesOf(report)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
    expect(report.otherZones?.map(({ answer }) => 'failed' in answer)).toEqual([false, false]);
    expect(await left()).toEqual(NOTHING);
  });

  inMatrix('names the zone where packets do not arrive, while they do from the others', async () => {
    const subnets = await aws.ec2.describeSubnets({ subnetIds: app.service.awsvpc!.subnetIds });
    const { subnetId } = subnets.find(({ availabilityZone }) => availabilityZone === 'us-east-1c')!;
    const mend = await cutOff(subnetId);
    const answer = askZones(await ask());
    await mend();
    expect(answer).toMatchObject({ outcome: 'fail' });
    expect(answer?.detail).toMatch(/^from us-east-1c packets do not arrive .*; from us-east-1a, us-east-1b/);
    expect(await left()).toEqual(NOTHING);
  });

  test('an abort while the other zones are asked leaves none of their tasks', async () => {
    const aborted = new AbortController();
    const interrupted: ProbeStep = {
      ...stepUntil(aborted.signal),
      progress: (detail) => {
        if (detail.endsWith(' too')) queueMicrotask(() => aborted.abort(new Error('Interrupted')));
      },
    };
    await expect(ask(interrupted)).rejects.toThrow('Interrupted');
    expect(await left()).toEqual(NOTHING);
  });
});

interface NetworkAcl {
  readonly NetworkAclId: string;
  readonly Associations: readonly { SubnetId: string; NetworkAclAssociationId: string }[];
}

/** Revisions are numbered on and stay readable when they are deregistered. */
async function lastProbeRevision(): Promise<string> {
  const registered = await aws.ecs.registerTaskDefinition({
    family: FAMILY,
    containerDefinitions: [{ name: 'n', image: 'n', memory: 128 }],
  });
  await aws.ecs.deregisterTaskDefinition(registered.taskDefinitionArn);
  const [, family = '', revision = ''] = /^(.*):(\d+)$/.exec(registered.taskDefinitionArn) ?? [];
  return `${family}:${Number(revision) - 1}`;
}
