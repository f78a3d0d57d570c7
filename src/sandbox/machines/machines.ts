/**
 * The instances of an account that run something: those of a machine image that the scenario declares. Instances of any
 * other image are there, and nothing runs on them.
 */
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { MachineImage } from '../images/machine-image.ts';
import type { LogSink } from '../logs/log-sink.ts';
import type { Fabric } from '../network/fabric.ts';
import type { Instance, Vpc } from '../network/vpc.ts';
import type { RedisServers } from '../redis/node.ts';
import type { ManagedInstance, ManagedInstances } from '../ssm/managed-instances.ts';
import type { InstanceRoles } from '../instance-role.ts';
import { startCommandServer, type CommandServer } from './command-server.ts';
import { bootMachine, type Machine } from './machine.ts';
import { createTools } from './tools.ts';

export interface MachinesOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly fabric: Fabric;
  readonly redis: RedisServers;
  readonly logs: LogSink;
  readonly roles: InstanceRoles;
  readonly images: ReadonlyMap<string, MachineImage>;
  /** For the disks. */
  readonly folder: string;
  /** The built program behind `aws` and `systemctl`. */
  readonly instanceCommand: string;
}

export interface Machines extends ManagedInstances {
  close(): Promise<void>;
}

interface Entry {
  readonly instance: Instance;
  readonly booting: Promise<Machine>;
  machine?: Machine;
  /** Its agent is known to Systems Manager. */
  registered?: boolean;
  ending?: Promise<void>;
}

export function createMachines(options: MachinesOptions): Machines {
  const { region, clock, vpc, logs, folder, roles } = options;
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  const entries = new Map<string, Entry>();
  let surroundings: Promise<{ commands: CommandServer; tools: string }> | undefined;
  let closed = false;

  const prepare = async () => ({
    commands: await startCommandServer(),
    tools: createTools(join(folder, 'tools'), options.instanceCommand),
  });

  const reachesSystemsManager = (instance: Instance): boolean =>
    vpc.reachesInternet(instance.networkInterface.subnetId, instance.publicIp) &&
    roles.mayReach(instance, 'ssm:UpdateInstanceInformation');

  const boot = async (instance: Instance, image: MachineImage): Promise<Machine> => {
    const { commands, tools } = await (surroundings ??= prepare());
    return bootMachine({
      ...options,
      instance,
      image,
      commands,
      tools,
      folder: join(folder, instance.instanceId),
      roleCall: roles.roleCall(instance),
      log: (logGroup, logStream, line) => {
        if (logs.hasLogGroup(logGroup)) logs.append(logGroup, logStream, line);
      },
    });
  };

  const stop = (entry: Entry): Promise<void> =>
    (entry.ending ??= entry.booting.then(
      (machine) => machine.stop(),
      () => undefined,
    ));

  const stopWatching = vpc.watchInstances?.({
    running(instance) {
      const image = options.images.get(instance.imageId);
      if (!image || closed) return;
      const entry: Entry = { instance, booting: clock.busy(boot(instance, image)) };
      entries.set(instance.instanceId, entry);
      void entry.booting.then(
        (machine) => {
          entry.machine = machine;
          entry.registered = image.agent && reachesSystemsManager(instance);
        },
        // One that does not come up is there, and nothing runs on it.
        () => undefined,
      );
    },
    ending(instanceId) {
      const entry = entries.get(instanceId);
      if (entry) void clock.busy(stop(entry));
    },
  });

  const managed = ({ instance, ending }: Entry): ManagedInstance => {
    const { instanceId, networkInterface, instanceProfileArn = '' } = instance;
    const { privateIpAddress } = networkInterface;
    return {
      instanceId,
      ipAddress: privateIpAddress,
      computerName: `ip-${privateIpAddress.replaceAll('.', '-')}.${domain}`,
      roleName: instanceProfileArn.slice(instanceProfileArn.lastIndexOf('/') + 1),
      tags: vpc.instance?.(instanceId)?.tags ?? instance.tags,
      running: ending === undefined,
      online: ending === undefined && reachesSystemsManager(instance),
    };
  };

  return {
    list: () => [...entries.values()].filter(({ registered }) => registered).map(managed),
    runShellScript(instanceId, script) {
      const entry = entries.get(instanceId);
      return entry?.ending === undefined ? entry?.machine?.runShellScript(script) : undefined;
    },
    async close() {
      closed = true;
      stopWatching?.();
      await Promise.all([...entries.values()].map(stop));
      await (await surroundings)?.commands.close();
    },
  };
}
