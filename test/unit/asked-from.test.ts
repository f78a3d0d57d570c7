/** The cache asked from an instance of an ECS service or from a bastion, and what the answer is worth. */
import { describe, expect, test } from 'vitest';
import { ping } from '../../src/checks/cache/ping.ts';
import { askFrom } from '../../src/cli/checking/asking.ts';
import type { Project } from '../../src/cli/opening/project.ts';
import type { Session } from '../../src/cli/session.ts';
import type { CheckReport, CheckResult } from '../../src/domain/check.ts';
import { PROBE_STAGES, type ProbeReport } from '../../src/domain/probe-report.ts';
import type { ProbeTarget } from '../../src/domain/probe-target.ts';
import { appOf, contextOf, URL_OF_CACHE, world, type World } from './checked-world.ts';

const HOSTS = ['i-0a1b2c3d', 'i-0b1b2c3d'];
const ANSWERED: ProbeReport = {
  variable: 'REDIS_URL',
  runtime: 'node',
  address: '10.0.8.10',
  stages: PROBE_STAGES.filter((stage) => stage !== 'auth').map((stage) => ({
    stage,
    ok: true,
    detail: 'ok',
    ms: 1,
  })),
};
const SILENT: ProbeReport = {
  ...ANSWERED,
  failed: 'tcp',
  stages: [{ stage: 'tcp', ok: false, detail: 'connect ETIMEDOUT after 5 s', ms: 5000 }],
};

interface Asked {
  readonly result: CheckResult;
  /** What instances were handed, and which. */
  readonly handed: readonly ProbeTarget[];
  readonly instanceIds: readonly string[];
}

/** Tasks of the service run on the first two instances; every other id is a bastion. */
async function ask(from: string, report: ProbeReport, break_: (now: World) => void): Promise<Asked> {
  const now = world();
  now.tasks = now.tasks.map((task, at) => ({ ...task, containerInstanceArn: `arn/${at % HOSTS.length}` }));
  break_(now);
  const context = contextOf(now);
  const handed: ProbeTarget[] = [];
  const instanceIds: string[] = [];
  const { aws, settings, consumer, clock } = context;
  const project = {
    settings: { ...settings, wait: {} },
    aws: {
      ...aws,
      ecs: { ...aws.ecs, readInstanceIds: () => Promise.resolve(HOSTS) },
      ec2: {
        ...aws.ec2,
        listInstances: ({ ids = [] }: { ids?: readonly string[] }) =>
          Promise.resolve(
            ids.map((instanceId) => ({ instanceId, state: 'running', availabilityZone: instanceId })),
          ),
      },
      commands: {
        readPingStatuses: (ids: readonly string[]) =>
          Promise.resolve(new Map(ids.map((id) => [id, 'Online']))),
      },
    },
    instanceProbe: {
      rehearse: () => Promise.resolve({ possible: true, runtime: 'node', image: '' }),
      ask: ({ instances }: { instances: { instanceId: string }[] }, target: ProbeTarget) => {
        handed.push(target);
        instanceIds.push(...instances.map(({ instanceId }) => instanceId));
        return Promise.resolve(report);
      },
    },
  } as unknown as Project;
  const session = {
    command: 'verify',
    inputs: { from: { value: from, origin: 'flag' } },
    record: { next: [] },
    clock,
    emit: () => undefined,
    signal: new AbortController().signal,
  } as unknown as Session;
  const app = appOf(now);
  const evidence = await askFrom({ kind: 'ecs', settings: consumer, app }, project, session);
  const check = ping({ ...context, app, askPing: () => Promise.resolve(evidence) });
  return { result: await check.run(session.signal), handed, instanceIds };
}

const inBridgeMode = (now: World): void => {
  now.service = { launchType: 'EC2' };
  Object.assign(now.service, { awsvpc: undefined });
};
const untouched = (): void => undefined;
const told = (result: CheckResult): string => Object.values(result as CheckReport).join(' ');

describe('a service on instances', () => {
  test('is asked on those that its tasks run on, and goes out as they do', async () => {
    const { result, instanceIds } = await ask('instance', ANSWERED, inBridgeMode);
    expect(instanceIds).toEqual(HOSTS);
    expect(result).toMatchObject({ outcome: 'pass' });
    expect((await ask('instance', SILENT, inBridgeMode)).result).toMatchObject({ outcome: 'fail' });
  });

  test('whose tasks have interfaces of their own is not proven by its instances', async () => {
    const { result } = await ask('instance', ANSWERED, (now) => (now.service = { launchType: 'EC2' }));
    expect(result).toMatchObject({ outcome: 'warn' });
    expect(told(result)).toContain('asked from i-0a1b2c3d, i-0b1b2c3d, which is not where the app runs');
  });

  test('without tasks is not asked', async () => {
    const { result } = await ask('instance', ANSWERED, (now) => {
      inBridgeMode(now);
      now.tasks = [];
    });
    expect(result).toMatchObject({ outcome: 'inconclusive' });
    expect(told(result)).toContain('none of its tasks runs on an instance');
  });
});

describe('a bastion', () => {
  const BASTION = 'i-0fff2c3d';

  test('proves nothing where it is answered, and blames nobody where it is not', async () => {
    const answered = await ask(BASTION, ANSWERED, untouched);
    expect(answered.instanceIds).toEqual([BASTION]);
    expect(answered.result).toMatchObject({ outcome: 'warn' });
    const silent = await ask(BASTION, SILENT, untouched);
    expect(silent.result).toMatchObject({ outcome: 'inconclusive' });
    expect(told(silent.result)).toContain('i-0fff2c3d is outside the VPC of the cache, or not let in');
  });

  test('fails for what the cache refuses everybody', async () => {
    const stages = [{ stage: 'ping' as const, ok: false, detail: 'NOAUTH Authentication required.', ms: 1 }];
    const { result } = await ask(BASTION, { ...ANSWERED, failed: 'ping', stages }, untouched);
    expect(result).toMatchObject({ outcome: 'fail' });
    expect(told(result)).toContain('asked from i-0fff2c3d');
  });

  test('is handed the address alone where the variable is a secret, and says so', async () => {
    const { result, handed } = await ask(BASTION, ANSWERED, (now) => {
      now.environment = [];
      now.secrets = [{ name: 'REDIS_URL', valueFrom: '/theirs/url' }];
    });
    expect(handed).toEqual([{ variable: 'REDIS_URL', url: { value: URL_OF_CACHE } }]);
    expect(result).toMatchObject({ outcome: 'inconclusive' });
    expect(told(result)).toContain('a secret of ECS, which no instance reads');
  });
});
