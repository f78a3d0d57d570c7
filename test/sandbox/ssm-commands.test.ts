/** Run Command: real scripts on an instance, what becomes of them, and what an instance may read with its role. */
import { existsSync } from 'node:fs';
import type {
  DescribeInstanceInformationResult,
  ListCommandInvocationsResult,
  ListCommandsResult,
} from '@aws-sdk/client-ssm';
import { SSMClient, SendCommandCommand, DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { PROGRAMS } from './command-line.ts';
import { instanceWorld } from './instance-world.ts';

const ENV_FILE = '/etc/funmagic.env';

let sandbox: Sandbox;
let world: ReturnType<typeof instanceWorld>;
let admin: string;

beforeAll(async () => {
  const clock = new VirtualClock();
  const scenario = funmagic({ programsFolder: PROGRAMS, webInstances: 1 });
  sandbox = await startSandbox({ scenario, programsFolder: PROGRAMS, clock });
  world = instanceWorld(sandbox, clock);
  admin = await world.instanceId('funmagic-admin');
  return () => sandbox.close();
});

describe('a script that is sent to an instance', () => {
  it('runs there, in the files of the instance and not in those of this machine', async () => {
    const result = await world.run(admin, [
      'printf "greeting=%s\\n" "hello" > /etc/greeting.conf',
      'chmod 600 /etc/greeting.conf && chown root:root /etc/greeting.conf',
      'cat /etc/greeting.conf; pwd; echo "to stderr" >&2',
    ]);
    expect(result).toMatchObject({ Status: 'Success', StatusDetails: 'Success', ResponseCode: 0 });
    expect(result.StandardOutputContent).toContain('greeting=hello\n');
    expect(result.StandardErrorContent).toBe('to stderr\n');
    expect(existsSync('/etc/greeting.conf')).toBe(false);
    const again = await world.run(admin, ['cat /etc/greeting.conf']);
    expect(again.StandardOutputContent).toBe('greeting=hello\n');
  });

  it('is a failure with its exit code', async () => {
    const result = await world.run(admin, ['ls /opt/nothing-here', 'exit 7']);
    expect(result).toMatchObject({ Status: 'Failed', ResponseCode: 7 });
    expect(result.StandardErrorContent).toMatch(/nothing-here.*\nfailed to run commands: exit status 7$/s);
  });

  it('cannot be asked about in its first moment', async () => {
    const id = await world.send(admin, ['true']);
    const asked = world.call('ssm', 'GetCommandInvocation', { CommandId: id, InstanceId: admin });
    await expect(asked).rejects.toMatchObject({ shape: 'InvocationDoesNotExist' });
    expect((await world.outcome(id, admin)).Status).toBe('Success');
  });

  it('is shown with the first 24,000 characters of what it writes', async () => {
    const long = await world.run(admin, [`node -e 'process.stdout.write("x".repeat(30000))'`]);
    expect(long.StandardOutputContent).toHaveLength(24_000);
    expect(long.StandardOutputContent).toMatch(/x--output truncated--$/);
    const listed = await world.call<ListCommandInvocationsResult>('ssm', 'ListCommandInvocations', {
      CommandId: long.CommandId,
      Details: true,
    });
    const [plugin] = listed.CommandInvocations![0]!.CommandPlugins!;
    expect(plugin!.Output!.length).toBeLessThanOrEqual(2_500);
    expect(plugin!.Output).toContain('---Output truncated---');
  });

  it('is ended when it takes longer than it may', async () => {
    const result = await world.run(admin, ['sleep 600'], { executionTimeout: ['1'] });
    expect(result).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'ExecutionTimedOut',
      ResponseCode: -1,
    });
  });

  it('can be cancelled before it is delivered', async () => {
    const id = await world.send(admin, ['touch /etc/cancelled']);
    await world.call('ssm', 'CancelCommand', { CommandId: id });
    expect((await world.outcome(id, admin)).Status).toBe('Cancelled');
    const { StandardOutputContent } = await world.run(admin, ['ls /etc']);
    expect(StandardOutputContent).not.toContain('cancelled');
    const { Commands } = await world.call<ListCommandsResult>('ssm', 'ListCommands', { CommandId: id });
    expect(Commands![0]).toMatchObject({ Status: 'Cancelled', TargetCount: 1, CompletedCount: 1 });
  });

  it('reaches all instances with a tag', async () => {
    const { Command } = await world.call<{ Command: { CommandId: string; TargetCount: number } }>(
      'ssm',
      'SendCommand',
      {
        DocumentName: 'AWS-RunShellScript',
        Targets: [{ Key: 'tag:App', Values: ['funmagic'] }],
        Parameters: { commands: ['echo $AWS_SSM_INSTANCE_ID'] },
      },
    );
    expect(Command.TargetCount).toBe(2);
    const web = await world.instanceId('funmagic-web');
    const results = [
      await world.outcome(Command.CommandId, web),
      await world.outcome(Command.CommandId, admin),
    ];
    expect(results.map(({ StandardOutputContent }) => StandardOutputContent?.trim())).toEqual([web, admin]);
  });

  it('stays in the VPC: neither names nor addresses outside of it answer', async () => {
    const lookup = `node -e 'require("dns").lookup("example.com", (e) => console.log(e && e.code))'`;
    const { StandardOutputContent } = await world.run(admin, [lookup]);
    expect(StandardOutputContent).toBe('ENOTFOUND\n');
  });
});

describe('what AWS refuses', () => {
  let ssm: SSMClient;
  beforeAll(() => {
    const { env, endpointUrl: endpoint, region } = sandbox;
    const credentials = {
      accessKeyId: env['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
    };
    ssm = new SSMClient({ endpoint, region, credentials, maxAttempts: 1 });
    return () => ssm.destroy();
  });

  it('names an instance that is not managed, over the wire', async () => {
    const DocumentName = 'AWS-RunShellScript';
    const Parameters = { commands: ['true'] };
    const send = (input: object) =>
      ssm.send(new SendCommandCommand({ DocumentName, Parameters, InstanceIds: [admin], ...input }));
    await expect(send({ InstanceIds: ['i-0123456789abcdef0'] })).rejects.toMatchObject({
      name: 'InvalidInstanceId',
      message: 'Instances [[i-0123456789abcdef0]] not in a valid state for account 111122223333',
    });
    await expect(send({ DocumentName: 'AWS-Nothing' })).rejects.toMatchObject({ name: 'InvalidDocument' });
    await expect(send({ Parameters: { command: ['true'] } })).rejects.toMatchObject({
      name: 'InvalidParameters',
    });
    const { InstanceInformationList } = await ssm.send(
      new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [admin] }] }),
    );
    expect(InstanceInformationList).toMatchObject([
      { InstanceId: admin, PingStatus: 'Online', PlatformType: 'Linux', ResourceType: 'EC2Instance' },
    ]);
  });

  it('allows commands by document and by the tags of the instance, as a policy says', async () => {
    const allow = (role: string) => ({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ssm:SendCommand',
          Resource: 'arn:aws:ssm:*::document/AWS-RunShellScript',
        },
        {
          Effect: 'Allow',
          Action: 'ssm:SendCommand',
          Resource: 'arn:aws:ec2:*:*:instance/*',
          Condition: { StringEquals: { 'ssm:resourceTag/Role': role } },
        },
      ],
    });
    const send = () =>
      ssm.send(
        new SendCommandCommand({
          DocumentName: 'AWS-RunShellScript',
          InstanceIds: [admin],
          Parameters: { commands: ['true'] },
        }),
      );
    try {
      sandbox.setPolicy(allow('web'));
      await expect(send()).rejects.toMatchObject({ name: 'AccessDeniedException' });
      sandbox.setPolicy(allow('admin'));
      expect((await send()).Command).toMatchObject({ Status: 'Pending', TargetCount: 1 });
    } finally {
      sandbox.setPolicy(undefined);
    }
  });

  it('does not manage an instance without the agent', async () => {
    const { clock } = sandbox;
    const without = await sandbox.openAccount(
      funmagic({ programsFolder: PROGRAMS, webInstances: 1, agent: false }),
    );
    const there = instanceWorld(without, clock);
    const { InstanceInformationList } = await there.call<DescribeInstanceInformationResult>(
      'ssm',
      'DescribeInstanceInformation',
    );
    expect(InstanceInformationList).toEqual([]);
    const id = await there.instanceId('funmagic-admin');
    await expect(there.send(id, ['true'])).rejects.toMatchObject({ shape: 'InvalidInstanceId' });
  });
});

describe('the aws command on an instance', () => {
  const readParameter = (name: string) =>
    `aws ssm get-parameter --with-decryption --name ${name} --query Parameter.Value --output text`;

  it('reads a parameter and a secret with the role of the instance profile', async () => {
    const Name = '/funmagic/admin/GREETING';
    await world.call('ssm', 'PutParameter', { Name, Value: 'hello', Type: 'SecureString' });
    const { ARN } = await world.call<{ ARN: string }>('secretsmanager', 'CreateSecret', {
      Name: 'funmagic/token',
      SecretString: 'a-token',
    });
    const { StandardOutputContent, Status } = await world.run(admin, [
      readParameter(Name),
      `token=$(aws secretsmanager get-secret-value --secret-id ${ARN} --query SecretString --output text)`,
      'echo "$token" | wc -c | tr -d " "',
    ]);
    expect(Status).toBe('Success');
    expect(StandardOutputContent).toBe('hello\n8\n');
  });

  it('is refused what the role does not allow', async () => {
    await world.call('secretsmanager', 'CreateSecret', { Name: 'other/token', SecretString: 'x' });
    const { StandardErrorContent, ResponseCode } = await world.run(admin, [
      'aws secretsmanager get-secret-value --secret-id other/token --query SecretString --output text',
    ]);
    expect(ResponseCode).toBe(254);
    expect(StandardErrorContent).toContain('An error occurred (AccessDeniedException)');
    expect(StandardErrorContent).toContain(`assumed-role/funmagic-ec2/${admin}`);
  });
});

describe('the app on an instance', () => {
  it('reads its environment file again when it is restarted, and not before', async () => {
    const prefix = async () => {
      const response = await fetch(`${sandbox.appUrl!}/jobs`);
      return ((await response.json()) as { prefix: string }).prefix;
    };
    const web = await world.instanceId('funmagic-web');
    expect(await prefix()).toBe(`unset-${web}`);
    await world.run(web, [`echo "QUEUE_PREFIX=" >> ${ENV_FILE}`]);
    expect(await prefix()).toBe(`unset-${web}`);
    const restarted = await world.run(web, [
      'sudo systemctl restart funmagic',
      'systemctl is-active funmagic',
    ]);
    expect(restarted.StandardOutputContent).toBe('active\n');
    // An empty prefix is an answer too.
    expect(await prefix()).toBe('bull');
  });

  it('tells when there is no such unit', async () => {
    const { StandardErrorContent, ResponseCode } = await world.run(admin, ['systemctl restart nginx']);
    expect(ResponseCode).toBe(5);
    expect(StandardErrorContent).toContain('Unit nginx.service not found.');
  });
});
