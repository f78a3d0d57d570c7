/** docs/troubleshooting.md: what `verify` says, rung by rung, around a few words of where to begin. */
import { SYMPTOMS } from '../../src/checks/app/symptoms.ts';
import { helpTopic } from '../../src/cli/help-topics.ts';
import { CHECKS, LINT_CHECKS, rungOf, type CheckId } from '../../src/domain/check.ts';
import { formatFindings } from '../../src/output/format-checks.ts';
import { paintWith } from '../../src/output/paint.ts';
import { anchorOf } from '../unit/documentation.ts';
import type { Recording } from './recording.ts';

const COLUMNS = 80;
const plain = paintWith(false);

/** What people see first; the headings are those of what `verify` then says. */
const BEGINNINGS: readonly (readonly [seen: string, because: string, headings: readonly string[]])[] = [
  [
    'It hangs: no error, no line in the log, and the health check fails in the end',
    'one side speaks TLS and the other does not, or packets are dropped on the way',
    ['It hangs: plaintext to a cache with TLS', 'Between the app and its cache there is no ingress rule'],
  ],
  [
    'The count (the list, the score) differs after each refresh',
    'each task still keeps its own state',
    [
      'The count differs after each refresh',
      'Of the service there is an app that reads another variable, and stays in memory without a word',
    ],
  ],
  [
    '`connect ECONNREFUSED 127.0.0.1:6379`',
    'the client got no address and tries its own machine',
    ['The app is handed no variable at all', 'The app is handed the URL of its own machine'],
  ],
  [
    '`ETIMEDOUT`',
    'no packet arrives, or no answer comes back',
    [
      'Between the app and its cache there is no ingress rule',
      'Between the app and its cache there is a network ACL that lets no answers back',
      'A cache in another VPC, to which nothing leads',
    ],
  ],
  [
    '`ENOTFOUND`, `getaddrinfo`',
    'the name is misspelt, the cache is gone, or the VPC resolves no names',
    ['The app is handed a URL with a letter missing', 'A cache that is deleted'],
  ],
  [
    '`NOAUTH`, `WRONGPASS`',
    'no password, an old one, or a user that the cache does not know',
    [
      'A cache with a token, and the app has no token',
      'A cache with a token, and the app has a token that was rotated out',
    ],
  ],
  [
    '`READONLY`, often after a failover',
    'the app writes to one node’s own endpoint, or to the reader endpoint',
    [
      'A cache with a replica, and the app has the endpoint of a node that is a replica since a failover',
      'A cache with a replica, and the app has the reader endpoint',
    ],
  ],
  [
    '`MOVED`, `CROSSSLOT`, `ClusterAllFailedError`, `SELECT is not allowed`',
    'the client and the cache do not agree on cluster mode',
    [
      'A cache in cluster mode, and the app has a plain client',
      'A cache without cluster mode, and the app has a cluster client',
    ],
  ],
  [
    '`OOM command not allowed`',
    'the cache is full, and may evict nothing',
    ['A cache that is full, and may evict nothing', 'A nearly full cache'],
  ],
  [
    '`max number of clients reached`',
    'connections are opened and never closed',
    ['A cache that is out of connections'],
  ],
  [
    '`CERT_HAS_EXPIRED`, `ERR_TLS_CERT_ALTNAME_INVALID`, `SELF_SIGNED_CERT_IN_CHAIN`',
    'the cache is reached by another name, or the image has no current roots',
    ['ERR_TLS_CERT_ALTNAME_INVALID: another name', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY: not trusted'],
  ],
  [
    'Jobs vanish, stall or run twice (BullMQ, Celery, Sidekiq)',
    'the cache evicts what the queue needs',
    ['A queue in a cache that evicts its jobs', 'A queue that has lost jobs'],
  ],
  [
    'Users are logged out',
    'their sessions were evicted, or visitors change tasks and the session is in one of them',
    [
      'Sessions that were evicted: users are logged out',
      'Of the service there is stickiness that somebody switched off',
    ],
  ],
  [
    'New tasks do not start: `ResourceInitializationError`, `CannotPullContainerError`',
    'a secret that may not be read, or an image that cannot be reached',
    [
      'A cache with a token, and the app has an execution role without the secret',
      'Of the service there is a new revision whose image cannot be pulled',
    ],
  ],
  [
    'It worked until somebody deployed',
    'another tool’s definition does not have the variables',
    ['A deployment of others that left the variable out', 'Another tool that deploys the service'],
  ],
  [
    'It does not work from my laptop',
    'a cache answers inside its VPC alone: that is so by design',
    ['The network between the cache and who asks it is that of a laptop, outside the VPC'],
  ],
];

export function troubleshootingPage(all: readonly Recording[]): string {
  const headings = new Set(all.map(({ title }) => headingOf(title)));
  return [
    '# When it does not work',
    '',
    '<!-- Made from the texts of the checks: `npm run docs` writes it. -->',
    '',
    'One command finds out, for services and caches that this tool never touched too:',
    '',
    '```',
    'elasticache-wizard verify --ecs-cluster <cluster> --service <service>',
    '```',
    '',
    'It asks the questions below from the bottom up, names **one** cause, and prints the command that mends it. What is on this page is what it',
    'prints; `<cache>`, `<service>` and so on stand for your own names. `?` marks what could not be seen, `!` what works and is risky. Nothing of',
    'this changes anything: `verify` starts a task of its own for some seconds, and not even that with `--no-probe`.',
    '',
    'The app runs on EC2 instances? `verify --auto-scaling-group <name>` asks the same.',
    '',
    '## Begin with what you see',
    '',
    '| you see | most often because | what `verify` says |',
    '|---|---|---|',
    ...BEGINNINGS.map(
      ([seen, because, said]) =>
        `| ${seen} | ${because} | ${said.map((heading) => linkTo(heading, headings)).join('; ')} |`,
    ),
    '',
    '## What the app says in its log',
    '',
    '`elasticache-wizard logs --ecs-cluster <cluster> --service <service>` finds these lines in the logs of the tasks and explains each kind once. They',
    'are known in the words of ioredis, node-redis, redis-py, go-redis and Lettuce.',
    '',
    '| in the log | also written | it means | do |',
    '|---|---|---|---|',
    ...SYMPTOMS.map(
      ({ word, spellings = [], meaning, fix }) =>
        `| \`${word}\` | ${othersThan(word, spellings)} | ${inCell(meaning)} | ${inCell(fix)} |`,
    ),
    '',
    '## The ladder',
    '',
    'Where one of these fails, those that rest on it are not asked: the answer would be the same cause again.',
    '',
    ...CHECKS.flatMap((id) => section(id, all)),
    '## Risks',
    '',
    '`verify --lint` names what works and is risky. It reads the account alone, and asks nothing of the app.',
    '',
    ...LINT_CHECKS.flatMap((id) => section(id, all)),
    '## Exit codes',
    '',
    '```',
    ...(helpTopic('exit-codes') ?? '').trimEnd().split('\n'),
    '```',
    '',
    'After 5, and after a run that was cut off, the same command goes on from where AWS is by then. After 7 the service is back on the revision that ran before, unless `--on-failure keep` was given.',
    '',
  ].join('\n');
}

function section(id: CheckId, all: readonly Recording[]): string[] {
  const { asks, restsOn } = rungOf(id);
  const rests =
    restsOn.length === 0 ? [] : [`Rests on ${restsOn.map((lower) => `\`${lower}\``).join(', ')}.`, ''];
  const ofIt = (['fail', 'warn', 'inconclusive'] as const).flatMap((outcome) =>
    all.filter(({ report }) => report.id === id && report.outcome === outcome),
  );
  return [`### ${id}: ${asks}`, '', ...rests, ...ofIt.flatMap(entry)];
}

/** As `verify` prints it on a terminal, but for the names. */
function entry({ title, report }: Recording): string[] {
  const isCause = report.outcome === 'fail';
  const lines = formatFindings([report], isCause ? report : undefined, plain, COLUMNS);
  return [`#### ${headingOf(title)}`, '', '```', ...lines, '```', ''];
}

/** In capitals or not, it is the same word. */
function othersThan(word: string, spellings: readonly string[]): string {
  const apart = new Map(spellings.map((each) => [each.toLowerCase(), `\`${each}\``]));
  apart.delete(word.toLowerCase());
  return [...apart.values()].join(', ');
}

function headingOf(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function linkTo(heading: string, headings: ReadonlySet<string>): string {
  if (!headings.has(heading)) throw new Error(`No heading says “${heading}”`);
  return `[${heading}](#${anchorOf(heading)})`;
}

/** `<password>` would be taken for a tag. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/<\w+>/g, '`$&`');
}
