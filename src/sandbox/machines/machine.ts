/** One instance with what its machine image put on it: a disk, a place in the VPC, services, and scripts that may run. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { MachineImage } from '../images/machine-image.ts';
import type { Fabric } from '../network/fabric.ts';
import type { Instance } from '../network/vpc.ts';
import type { RedisServers } from '../redis/node.ts';
import { ResourceStack } from '../resource-stack.ts';
import { ServiceError } from '../service.ts';
import type { RunningScript } from '../ssm/managed-instances.ts';
import { awsCommand, type RoleCall } from './aws-command.ts';
import { type CommandOutput, type CommandServer, INSTANCE_VARIABLE } from './command-server.ts';
import { createDisk } from './private-disk.ts';
import { startScript } from './script.ts';
import { createService } from './system-service.ts';
import { systemctl } from './systemctl.ts';

export interface MachineOptions {
  readonly instance: Instance;
  readonly image: MachineImage;
  readonly region: string;
  readonly clock: Clock;
  readonly fabric: Fabric;
  readonly redis: RedisServers;
  readonly log: (logGroup: string, logStream: string, line: string) => void;
  /** Its own, for its disk. */
  readonly folder: string;
  /** The PATH of its scripts. */
  readonly tools: string;
  readonly commands: CommandServer;
  /** With the rights of its instance profile; undefined without one. */
  readonly roleCall: RoleCall | undefined;
}

export interface Machine {
  runShellScript(script: { lines: readonly string[]; workingDirectory: string | undefined }): RunningScript;
  /** Ends all that runs on it. */
  stop(): Promise<void>;
}

const REDIS_PORT = 6379;
const REDIS_MEMORY = 64 * 1024 * 1024;
/** As a shell that finds a file it may not execute. */
const NOT_ALLOWED = 126;

export async function bootMachine(options: MachineOptions): Promise<Machine> {
  const resources = new ResourceStack();
  try {
    return await boot(options, resources);
  } catch (error) {
    await resources.close();
    throw error;
  }
}

async function boot(options: MachineOptions, resources: ResourceStack): Promise<Machine> {
  const { instance, image, clock, fabric, folder } = options;
  const { instanceId } = instance;
  const disk = createDisk(folder);
  for (const [path, text] of Object.entries(image.files)) disk.write(path, text);
  disk.write('/var/log/boot.log', '');

  const seat = await fabric.enter(instance.networkInterface);
  resources.defer(() => seat.leave());
  if (image.redis) resources.defer(await startRedis(options, image.redis));

  const services = image.services.map((unit) =>
    createService(unit, {
      instanceId,
      disk,
      seat,
      parameters: async (path) => parametersBelow(path, options.roleCall),
      log: (logGroup, line) => options.log(logGroup, instanceId, line),
    }),
  );
  for (const service of services) {
    resources.defer(() => service.stop());
    await service.start();
  }

  const command = (name: string, args: readonly string[]): Promise<CommandOutput> =>
    clock.busy(name === 'systemctl' ? systemctl(args, services) : awsCommand(args, options.roleCall));
  const entrance = options.commands.enter(command);
  resources.defer(() => {
    entrance.leave();
    return Promise.resolve();
  });

  const environment = {
    PATH: options.tools,
    HOME: disk.real('/root'),
    TMPDIR: disk.real('/tmp'),
    AWS_SSM_INSTANCE_ID: instanceId,
    AWS_SSM_REGION_NAME: options.region,
    [INSTANCE_VARIABLE]: entrance.url,
    ...seat.env,
  };
  const scripts = new Set<RunningScript>();
  resources.defer(() => {
    for (const script of scripts) script.kill();
    return Promise.all([...scripts].map(({ result }) => result));
  });

  return {
    runShellScript({ lines, workingDirectory }) {
      if (!image.shell) return refusedScript();
      const file = `/var/lib/amazon/ssm/${randomUUID()}/_script.sh`;
      disk.write(file, disk.inside(`${lines.join('\n')}\n`), 0o700);
      const script = startScript({
        file: disk.real(file),
        folder: disk.real(workingDirectory ?? '/'),
        environment,
      });
      scripts.add(script);
      void script.result.then(() => scripts.delete(script));
      return script;
    },
    stop: () => resources.close(),
  };
}

function refusedScript(): RunningScript {
  const stderr = 'The image of this instance does not let the sandbox run scripts on it.\n';
  return {
    result: Promise.resolve({ exitCode: NOT_ALLOWED, stdout: '', stderr }),
    kill: () => undefined,
  };
}

async function startRedis(
  { instance, fabric, redis }: MachineOptions,
  { hostName, password }: NonNullable<MachineImage['redis']>,
): Promise<() => Promise<void>> {
  const { privateIpAddress } = instance.networkInterface;
  const node = await redis.start({
    cacheClusterId: instance.instanceId,
    transitEncryption: 'disabled',
    hostNames: [hostName],
    authTokens: password === undefined ? [] : [password],
    parameters: {},
    maxmemoryBytes: REDIS_MEMORY,
  });
  const endServing = fabric.serve(privateIpAddress, REDIS_PORT, node.endpoint);
  fabric.setName(hostName, [privateIpAddress]);
  return async () => {
    fabric.removeName(hostName);
    endServing();
    await node.stop();
  };
}

/**
 * As a start script would fetch them and write them as lines of an environment file, which loses the space around a
 * value (systemd.exec(5), EnvironmentFile); without the right to, the app starts without them.
 */
async function parametersBelow(path: string, call: RoleCall | undefined): Promise<Record<string, string>> {
  const input = { Path: path, WithDecryption: true };
  const answer = (await readable(call?.('ssm', 'GetParametersByPath', input, path))) as
    { Parameters?: readonly { Name?: string; Value?: string }[] } | undefined;
  return Object.fromEntries(
    (answer?.Parameters ?? []).map(({ Name = '', Value = '' }) => [
      Name.slice(Name.lastIndexOf('/') + 1),
      Value.trim(),
    ]),
  );
}

async function readable(answer: Promise<unknown> | undefined): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}
