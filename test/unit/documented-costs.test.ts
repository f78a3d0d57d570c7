/** The figures of docs/cost.md are those of the plan. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  costOf,
  costOfAlarms,
  costOfSecrets,
  KNOWN_NODE_TYPES,
  monthlyUsd,
  PRICES,
  usableGib,
} from '../../src/domain/cost.ts';

const page = readFileSync('docs/cost.md', 'utf8');
const { region } = PRICES;
const dollars = (usd: number | undefined): string => `$${usd?.toFixed(2) ?? '?'}`;

const nodes = KNOWN_NODE_TYPES.map((type) => {
  const usable = usableGib(type);
  const prices = [1, 2].flatMap((count) =>
    (['redis', 'valkey'] as const).map((engine) => dollars(monthlyUsd(type, engine, count, region))),
  );
  return row(`\`${type}\``, usable === undefined ? 'not published' : `${usable} GiB`, ...prices);
});

const serverless = (['redis', 'valkey'] as const).map((engine) => {
  const [cost] = costOf({ name: 'a', engine, snapshotRetention: 0 }, region);
  const [, gigabyteHour = '', floor = '', ecpus = ''] =
    /(\$[\d.]+) a GB-hour, ([\d.]+ GB) at least, and (\$[\d.]+) a million/.exec(cost?.note ?? '') ?? [];
  const name = engine === 'redis' ? 'Redis OSS' : 'Valkey';
  return row(
    name,
    gigabyteHour,
    ecpus,
    floor,
    dollars(cost?.idleMonthlyUsd),
    dollars(cost?.typicalMonthlyUsd),
  );
});

const [twoNodes, backups] = costOf(
  { name: 'a', engine: 'redis', nodes: { cacheNodeType: 'cache.t3.micro', count: 2 }, snapshotRetention: 7 },
  region,
);
const beside = [
  row(
    'backups',
    /^\$[\d.]+ a GB a month/.exec(backups?.note ?? '')?.[0] ?? '',
    'the first of each cache of nodes is free',
  ),
  row(
    'a secret',
    `${dollars(costOfSecrets(1, region)[0]?.idleMonthlyUsd)} a month`,
    'with a password: one for it, one for what each app is handed',
  ),
  row(
    'an alarm',
    `${dollars(costOfAlarms(1, region)[0]?.idleMonthlyUsd)} a month`,
    'production has several for each node',
  ),
  row(
    'traffic between zones',
    /about \$[\d.]+ a GB/.exec(twoNodes?.note ?? '')?.[0] ?? '',
    'of what crosses a zone, in each direction',
  ),
];

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

test.each([
  ['of nodes', nodes],
  ['of serverless caches', serverless],
  ['of what comes beside them', beside],
])('the prices %s are those that the plan counts with', (_, rows) => {
  expect(page).toContain(rows.join('\n'));
});

test('the page says of which region and day its prices are', () => {
  expect(page).toContain(`${region}, as read on ${PRICES.asOf}`);
});

test('no price is on the page that the plan does not know', () => {
  const known = new Set([...nodes, ...serverless, ...beside].join(' ').match(/\$[\d.]+/g));
  const told = page.match(/\$\d[\d.]*/g) ?? [];
  expect(told.filter((price) => !known.has(price))).toEqual([]);
});
