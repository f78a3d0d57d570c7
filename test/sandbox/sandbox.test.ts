/** The sandbox as a whole: it starts with a scenario, keeps accounts apart, and leaves nothing behind. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateLogGroupCommand,
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { serviceModels } from '../../src/sandbox/wire/operations.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';

const empty: Scenario = { name: 'empty', prepare: () => Promise.resolve({}) };
const programsFolder = 'dist/programs';

let sandbox: Sandbox | undefined;
/** What the sandbox takes for the machine's folder of temporary files. */
let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  vi.stubEnv('TMPDIR', temporary);
});

afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

function clientOptions({ env }: SandboxAccount) {
  return {
    endpoint: env['AWS_ENDPOINT_URL']!,
    region: env['AWS_REGION']!,
    maxAttempts: 1,
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
    },
  };
}

describe('a sandbox', () => {
  it('is an AWS account with what its scenario made', async () => {
    sandbox = await startSandbox({
      scenario: {
        name: 'with-logs',
        prepare: (account) => {
          account.logs.createLogGroup('/ecs/collabcanvas');
          return Promise.resolve({ appUrl: 'http://127.0.0.1:1' });
        },
      },
      programsFolder,
    });
    expect(sandbox).toMatchObject({
      scenario: 'with-logs',
      region: 'us-east-1',
      appUrl: 'http://127.0.0.1:1',
    });
    expect(sandbox.env['AWS_ENDPOINT_URL']).toBe(sandbox.endpointUrl);

    const { Account } = await new STSClient(clientOptions(sandbox)).send(new GetCallerIdentityCommand());
    expect(Account).toBe(sandbox.account.accountId);
    const { logGroups } = await new CloudWatchLogsClient(clientOptions(sandbox)).send(
      new DescribeLogGroupsCommand(),
    );
    expect(logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/ecs/collabcanvas']);
    expect(sandbox.calls().map(({ action }) => action)).toEqual(['GetCallerIdentity', 'DescribeLogGroups']);
  });

  it('has as many accounts as a test wants, none of which sees another', async () => {
    sandbox = await startSandbox({ scenario: empty, programsFolder });
    const other = await sandbox.openAccount(empty);
    const mine = new CloudWatchLogsClient(clientOptions(sandbox));
    await mine.send(new CreateLogGroupCommand({ logGroupName: 'mine' }));
    const { logGroups } = await new CloudWatchLogsClient(clientOptions(other)).send(
      new DescribeLogGroupsCommand(),
    );
    expect(logGroups).toEqual([]);
  });

  it('carries every operation that its services have behaviour for, and has behaviour for all that it carries', async () => {
    sandbox = await startSandbox({ scenario: empty, programsFolder });
    for (const { service, operations } of serviceModels.values()) {
      const behaviour = Object.keys(sandbox.account.services[service] ?? {});
      expect({ service, operations: behaviour.sort() }).toEqual({
        service,
        operations: [...operations.keys()].sort(),
      });
    }
  });

  it('leaves no socket and no file behind', async () => {
    const started = await startSandbox({ scenario: empty, programsFolder });
    expect(await readdir(temporary)).toHaveLength(1);
    await started.close();
    await expect(fetch(started.endpointUrl)).rejects.toThrow('fetch failed');
    expect(await readdir(temporary)).toEqual([]);
    await started.close();
  });

  it('leaves nothing behind either when its scenario fails, and says why', async () => {
    const failing: Scenario = {
      name: 'failing',
      prepare: () => Promise.reject(new Error('the scenario has no subnets')),
    };
    await expect(startSandbox({ scenario: failing, programsFolder })).rejects.toThrow(
      'the scenario has no subnets',
    );
    expect(await readdir(temporary)).toEqual([]);
  });
});
