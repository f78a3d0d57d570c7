/** Where a task's containers are in the network: at the task's own interface, or at or behind its instance's. */
import type { Fabric, Seat } from '../network/fabric.ts';
import type { ContainerInstanceRecord, TaskRecord } from './state.ts';

export async function takeSeats(record: TaskRecord, fabric: Fabric): Promise<void> {
  const { containerInstance, definition, networkInterface, seats, task } = record;
  const names = task.containers.map(({ name = '' }) => name);
  if (containerInstance && definition.networkMode !== 'awsvpc' && definition.networkMode !== 'host') {
    for (const name of names) seats.set(name, await bridgeSeat(name, containerInstance, record, fabric));
    return;
  }
  const shared =
    containerInstance && definition.networkMode === 'host'
      ? await hostSeat(containerInstance, fabric)
      : await fabric.enter(networkInterface);
  for (const name of names) seats.set(name, shared);
}

/** Once, whoever comes first: the end of the task or that of the sandbox. */
export async function leaveSeats({ seats }: TaskRecord): Promise<void> {
  const taken = new Set(seats.values());
  seats.clear();
  await Promise.all([...taken].map((seat) => seat.leave()));
}

/** In bridge mode each container has a network of its own, and Docker forwards ports of the instance into it. */
async function bridgeSeat(
  name: string,
  instance: ContainerInstanceRecord,
  { portBindings }: TaskRecord,
  fabric: Fabric,
): Promise<Seat> {
  const { networkInterface } = instance.host;
  const number = instance.nextBridgeAddress;
  instance.nextBridgeAddress += 1;
  const seat = await fabric.enter(networkInterface, `172.17.${number >> 8}.${number & 255}`);
  const ends = portBindings
    .filter(({ containerName }) => containerName === name)
    .map(({ containerPort, hostPort }) =>
      fabric.serve(networkInterface.privateIpAddress, hostPort, {
        host: seat.loopbackAddress,
        port: containerPort,
      }),
    );
  return {
    ...seat,
    leave: async () => {
      for (const end of ends) end();
      await seat.leave();
    },
  };
}

/** In host mode all tasks of an instance are in its one network namespace. */
async function hostSeat(instance: ContainerInstanceRecord, fabric: Fabric): Promise<Seat> {
  const shared = (instance.hostSeat ??= { seat: fabric.enter(instance.host.networkInterface), users: 0 });
  shared.users += 1;
  const seat = await shared.seat;
  return {
    ...seat,
    leave: async () => {
      shared.users -= 1;
      if (shared.users > 0) return;
      delete instance.hostSeat;
      await seat.leave();
    },
  };
}
