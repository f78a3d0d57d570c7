/** Snapshots as a table, as wide as what is in it: it is read on a screen and by grep. */
import type { ResultSnapshot } from './result.ts';

const HEAD = [
  'SNAPSHOT',
  'CACHE',
  'ENGINE',
  'NODES',
  'SIZE',
  'TAKEN (UTC)',
  'BY',
  'STATUS',
  'RESTORABLE INTO',
];

export function formatSnapshots(snapshots: readonly ResultSnapshot[]): string[] {
  if (snapshots.length === 0) return ['There are no snapshots.'];
  const rows = [HEAD, ...snapshots.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function rowOf(snapshot: ResultSnapshot): string[] {
  const { cacheNodeType, shards, takenAt } = snapshot;
  return [
    snapshot.name,
    snapshot.cache,
    `${snapshot.engine} ${snapshot.engineVersion}`,
    cacheNodeType === null
      ? 'serverless'
      : `${cacheNodeType}${(shards ?? 1) > 1 ? `, ${shards} shards` : ''}`,
    snapshot.sizes.join(' + ') || '-',
    takenAt === null ? '-' : takenAt.slice(0, 16).replace('T', ' '),
    snapshot.source === 'automatic' ? 'AWS, each day' : 'hand',
    snapshot.status,
    snapshot.restorableInto.join(', '),
  ];
}
