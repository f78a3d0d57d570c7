/** Slots and their keys from one primary to another while clients work (Redis Cluster specification, "Live resharding"). */
import type { Redis } from 'ioredis';
import type { Admin } from './admin.ts';
import { ADMIN } from './admin.ts';
import { hiddenName } from './config-file.ts';

export interface Primary {
  readonly nodeId: string;
  readonly address: string;
  readonly port: number;
  readonly admin: Admin;
}

/** So many at a time that a pipeline stays small, and the steps in which clients are asked to look twice stay short. */
const SLOTS_AT_ONCE = 512;
const KEYS_AT_ONCE = 100;
const MIGRATION_TIMEOUT_MS = 5_000;

type SlotCommand = (slot: number) => readonly string[];

export async function moveSlots(
  slots: readonly number[],
  from: Primary,
  to: Primary,
  secret: string,
): Promise<void> {
  await from.admin.run((source) =>
    to.admin.run(async (target) => {
      for (let start = 0; start < slots.length; start += SLOTS_AT_ONCE) {
        const batch = slots.slice(start, start + SLOTS_AT_ONCE);
        await eachSlot(target, batch, (slot) => ['SETSLOT', String(slot), 'IMPORTING', from.nodeId]);
        await eachSlot(source, batch, (slot) => ['SETSLOT', String(slot), 'MIGRATING', to.nodeId]);
        const counts = await eachSlot(source, batch, (slot) => ['COUNTKEYSINSLOT', String(slot)]);
        // From now on the source makes no new keys in these slots: it sends clients to the target (ASK).
        for (const slot of batch.filter((_, index) => Number(counts[index]) > 0)) {
          await moveKeys(source, slot, to, secret);
        }
        const owned: SlotCommand = (slot) => ['SETSLOT', String(slot), 'NODE', to.nodeId];
        await eachSlot(target, batch, owned);
        await eachSlot(source, batch, owned);
      }
    }),
  );
}

async function eachSlot(
  connection: Redis,
  slots: readonly number[],
  command: SlotCommand,
): Promise<unknown[]> {
  const pipeline = connection.pipeline();
  for (const slot of slots) pipeline.call('CLUSTER', ...command(slot));
  const results = (await pipeline.exec()) ?? [];
  return results.map(([error, result]) => {
    if (error) throw error;
    return result;
  });
}

async function moveKeys(source: Redis, slot: number, to: Primary, secret: string): Promise<void> {
  for (;;) {
    const keys = (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as string[];
    if (keys.length === 0) return;
    await source.call(
      hiddenName('MIGRATE', secret),
      ...[to.address, to.port, '', 0, MIGRATION_TIMEOUT_MS, 'AUTH2', ADMIN, secret, 'KEYS', ...keys],
    );
  }
}
