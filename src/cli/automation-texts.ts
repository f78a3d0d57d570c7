/** What a script has to know of each command: the own part of `--help`, beside what holds for all. */
import type { WizardEvent } from '../engine/events.ts';
import type { ExitCode } from '../errors.ts';
import type { CommandName } from '../inputs/input.ts';

/** `step.*`: all whose names begin so. */
type JsonType =
  | Exclude<WizardEvent['type'], `step.${string}` | `check.${string}`>
  | 'step.*'
  | 'check.*'
  | 'log'
  | 'log.summary'
  | 'policy'
  | 'sandbox.ready'
  | 'sizing';

export interface Automation {
  /** Where nobody can be asked. */
  readonly needs: string;
  readonly stdout: string;
  /** With --json, on stdout, before the result. */
  readonly types: readonly JsonType[];
  readonly writes: string;
  /** Run twice, and at once. */
  readonly again: string;
  readonly exits: readonly ExitCode[];
  /** Of an exit code that means something of its own here. */
  readonly meaning?: string;
}

const APP =
  '--ecs-cluster and --service (on EC2 --auto-scaling-group, --instance or --instance-security-group)';
const PROJECT = '--project, or --ecs-cluster and --service, or --cache-name, or --config';
const ONE_CACHE = `${PROJECT}; of several caches --cache-name says which`;

/** Any command that speaks to an account can end so. */
const ANY = [0, 1, 2, 3, 4, 5] as const;
const STOPPED = [130, 143] as const;

const READS = ['identity.read', 'warning', 'note'] as const;
const OPERATES = ['identity.read', 'plan.ready', 'step.*', 'warning', 'note'] as const;
const DEPLOYS = [...OPERATES, 'rollout.failed', 'restart.failed'] as const;

const AT_ONCE = 'A second run at the same time ends with 4 and says who is at it.';
const NOTHING = 'nothing';

export const AUTOMATION: Readonly<Record<CommandName, Automation>> = {
  setup: {
    needs: `${APP} and --cache-name, or --config; and --yes`,
    stdout: 'the result: caches, apps, checks, and whether it is proven',
    types: [...DEPLOYS, 'check.*'],
    writes:
      'on AWS what the plan names and, while it runs, its lease and a probe task; with --save a file. With --detach only the caches to come and what they need; where none is to come, it is a run as any.',
    again: `Goes on where it was cut off, and changes nothing where all is as wanted. ${AT_ONCE}`,
    exits: [...ANY, 6, 7, ...STOPPED],
    meaning: '0 with --detach: begun, not proven',
  },
  plan: {
    needs: `${APP} and --cache-name, or --config`,
    stdout: 'the plan',
    types: [...READS, 'plan.ready'],
    writes: 'nothing on AWS; with --save a file',
    again: 'Always safe.',
    exits: [...ANY, 10, ...STOPPED],
    meaning: '10 only with --exit-code: changes are pending',
  },
  verify: {
    needs: `${APP}, or --config`,
    stdout: 'each check, then whether it is proven',
    types: [...READS, 'step.*', 'check.*'],
    writes: 'a probe task that ends by itself (--no-probe: none); with --report a file',
    again: 'Always safe, also at once.',
    exits: [...ANY, 6, ...STOPPED],
    meaning: '6 with --strict also where a check is inconclusive',
  },
  status: {
    needs: PROJECT,
    stdout: 'what there is, and what differs from what was set up',
    types: [...READS],
    writes: NOTHING,
    again: 'Always safe, also at once.',
    exits: [...ANY, 6, ...STOPPED],
    meaning: '6 only with --strict: something has drifted, or could not be looked at',
  },
  rollback: {
    needs: '--project, or --ecs-cluster and --service, or --config; and --yes',
    stdout: 'the result: what the apps run by then',
    types: [...DEPLOYS],
    writes: 'the services, values and stickiness back to what they were',
    again: `Goes on where it was cut off; done already, it changes nothing. ${AT_ONCE}`,
    exits: [...ANY, 7, ...STOPPED],
  },
  destroy: {
    needs:
      '--project, or --ecs-cluster and --service, or --config; and --confirm with the project’s name (--yes is not enough)',
    stdout: 'the result: what is left',
    types: [...DEPLOYS],
    writes: 'what rollback does; then all that is ours is removed, the cache after a final snapshot',
    again: `Goes on where it was cut off; once all is gone it ends with 2, for there is no such project. ${AT_ONCE}`,
    exits: [...ANY, 7, ...STOPPED],
  },
  alarms: {
    needs: `${PROJECT}; and --yes`,
    stdout: 'the result: the caches that are watched',
    types: [...OPERATES],
    writes: 'CloudWatch alarms, and an SNS topic unless --sns-topic names one',
    again: `Changes nothing where all is as wanted. ${AT_ONCE}`,
    exits: [...ANY, ...STOPPED],
  },
  'snapshot create': {
    needs: `${ONE_CACHE}; and --yes`,
    stdout: 'the snapshot, then its cache',
    types: [...OPERATES],
    writes: 'one snapshot',
    again: `Each run takes another one; with --snapshot-name, which must be new or ours, none is taken twice. ${AT_ONCE}`,
    exits: [...ANY, ...STOPPED],
  },
  'snapshot list': {
    needs: 'nothing: then it lists all of the region',
    stdout: 'one line for each snapshot, the newest first',
    types: [...READS],
    writes: NOTHING,
    again: 'Always safe, also at once.',
    exits: [...ANY, ...STOPPED],
  },
  'snapshot restore': {
    needs: '--snapshot-name, --cache-name of the new cache, and --yes',
    stdout: 'the result: the new cache, with --move also the services and checks',
    types: [...DEPLOYS, 'check.*'],
    writes: 'a new cache with what it needs; with --move the services that use the old one',
    again: `Goes on where it was cut off; a cache that was not made of this snapshot is left alone, with 4. ${AT_ONCE}`,
    exits: [...ANY, 6, 7, ...STOPPED],
  },
  'snapshot delete': {
    needs: '--snapshot-name and --yes',
    stdout: 'the result',
    types: [...OPERATES],
    writes: 'deletes that one snapshot',
    again: `Once it is gone it ends with 2. ${AT_ONCE}`,
    exits: [...ANY, ...STOPPED],
  },
  'rotate-token': {
    needs: `${PROJECT}; and --yes`,
    stdout: 'the result: caches, apps and checks',
    types: [...DEPLOYS, 'check.*'],
    writes: 'the password of the caches, its secrets, and a rollout of each app that has it',
    again: `Brings a rotation that was cut off to its end; after that, each run is another rotation. ${AT_ONCE}`,
    exits: [...ANY, 6, 7, ...STOPPED],
    meaning: '6 also where an app has to be restarted by hand first',
  },
  connect: {
    needs: `${ONE_CACHE}; and a command behind --`,
    stdout: 'what that command prints; with --json that goes to stderr',
    types: [...READS],
    writes: 'nothing on AWS; what the command writes to the cache is its own affair',
    again: 'Any number at once, each on a port of its own.',
    exits: [...ANY, ...STOPPED],
    meaning: 'once the command runs, its exit code, whatever it is',
  },
  'drill failover': {
    needs: `${ONE_CACHE}; and --yes`,
    stdout: 'the verdict, with how long what was out',
    types: [...OPERATES],
    writes: 'a failover of the cache, which may lose the writes of its last moments, and a probe task',
    again: `Each run fails the cache over again. ${AT_ONCE}`,
    exits: [...ANY, 6, ...STOPPED],
    meaning: '6: the app did not come back by itself; with --strict also where that is open',
  },
  'drill outage': {
    needs: `${ONE_CACHE}; and --yes`,
    stdout: 'the verdict, with how long what was out',
    types: [...OPERATES],
    writes: 'takes the rules from the cache’s security group, and puts them back',
    again: `After one that was cut off it only puts the rules back; else each run is a drill. ${AT_ONCE}`,
    exits: [...ANY, 6, ...STOPPED],
    meaning: '6: the app did not go on without the cache; with --strict also where that is open',
  },
  scale: {
    needs: `${PROJECT}; and --yes where a size is named`,
    stdout: 'what each size costs and what speaks for it; where one is named also the result',
    types: [...OPERATES, 'check.*', 'sizing'],
    writes: 'with a size the cache, and the alarms of its nodes; without one nothing',
    again: `Changes nothing where the cache has that size. ${AT_ONCE}`,
    exits: [...ANY, 6, ...STOPPED],
    meaning: '4 also where the data would not fit',
  },
  logs: {
    needs: `${PROJECT}, or the instances`,
    stdout: 'the lines that concern the cache, and what they mean',
    types: [...READS, 'log', 'log.summary'],
    writes: NOTHING,
    again: 'Always safe, also at once.',
    exits: [...ANY, ...STOPPED],
    meaning: '--follow runs until it is stopped, with 130',
  },
  policy: {
    needs: 'nothing, credentials neither; with --from-account --ecs-cluster and --service',
    stdout: 'the policy document, as IAM takes it; with --json in an object of type policy',
    types: ['identity.read', 'policy'],
    writes: NOTHING,
    again: 'Always safe, also at once.',
    exits: [...ANY, ...STOPPED],
    meaning: 'without --from-account 0 or 2',
  },
  sandbox: {
    needs: 'nothing; it runs until it is stopped',
    stdout: 'one JSON object when it is ready, with --json or without: type sandbox.ready, env',
    types: ['sandbox.ready'],
    writes: 'a temporary folder, removed at the end; it listens on loopback alone',
    again: 'Any number at once, each an account of its own.',
    exits: [0, 1, 2],
    meaning: '0 when it is stopped, by Ctrl-C or by SIGTERM',
  },
  demo: {
    needs: 'nothing: the plan is approved by itself',
    stdout: 'the result of its setup',
    types: [...DEPLOYS, 'check.*'],
    writes: 'nothing that stays; all of it is on this machine',
    again: 'Any number at once.',
    exits: [0, 1, 2, 6, 130, 143],
    meaning: '6: it ran to its end, and is not proven',
  },
};
