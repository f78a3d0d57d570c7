/** The words of `--help` that no single input holds. */
import { COMMANDS, type CommandName, type Group } from '../inputs/input.ts';
import { AUTOMATION } from './automation-texts.ts';
import { exampleLines, paragraph, row } from './help-layout.ts';

export const DESCRIPTIONS: Readonly<Record<CommandName, string>> = {
  setup: 'plan, one approval, apply, verify; running it again goes on, or updates (the default command)',
  plan: 'the same plan, with nothing applied',
  verify: 'find out why the app does not reach, or does not use, its cache: one cause, one fix',
  status:
    'caches, endpoints, consumers, rollout and stickiness as they are in the account, what differs from what was set up, who changed it, and the command that mends it',
  rollback: 'put the app back to what it was before us, and never to older code; the cache stays',
  destroy: 'rollback, then remove everything that is ours, the cache after a final snapshot',
  alarms: 'CloudWatch alarms for every node, shard and serverless cache, with somebody to tell',
  'snapshot create': 'take a snapshot of a cache, and see that it is there',
  'snapshot list': 'the snapshots of a cache, or of all of the project',
  'snapshot restore':
    'make a new cache from a snapshot, with the network, TLS, password and parameters of the old one',
  'snapshot delete': 'delete a snapshot that is named',
  'rotate-token':
    'a new password for the cache and for every app that has the old one, with no request failed',
  connect: 'reach the cache from this machine through what is already there, in a shell or with a command',
  'drill failover': 'have AWS fail the cache over under load, and see whether the app comes back by itself',
  'drill outage': 'take the cache away from the app for a while, and see whether it goes on without',
  scale: 'more or fewer nodes, or other ones: what it costs and what speaks for it, then setup',
  logs: 'what the app’s own logs say of the cache since its last rollout, explained',
  policy: 'the least IAM policy for the commands named, as a document; reads no account unless asked to',
  sandbox: 'a local AWS with real Redis and a real load balancer, to try all this without an account',
  demo: 'the sandbox and a setup in it: a canvas app whose refreshes disagree, then agree',
};

/** Of commands that are said in two words. */
export const FAMILIES: Readonly<Record<string, string>> = {
  snapshot: 'snapshots of a cache: create, list, restore, delete',
  drill: 'see what happens before it does: failover, outage',
};

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  app: 'The app:',
  cache: 'The cache (defaults count only when it is made; what is there stays as it is):',
  network: 'The network:',
  delivery: 'How the app is told:',
  stickiness: 'Stickiness:',
  proof: 'The proof:',
  monitoring: 'Monitoring:',
  operation: 'This command:',
  policy: 'The policy (what is not named is any):',
  sandbox: 'The sandbox:',
  everywhere: 'Everywhere:',
};

const EXAMPLES: Readonly<Record<CommandName, readonly string[]>> = {
  setup: [
    '',
    'setup --ecs-cluster web --service backend --cache-name web-redis --yes',
    'setup --config project.yaml --yes --json',
    'setup --config project.yaml --yes --detach',
  ],
  plan: [
    'plan --ecs-cluster web --service backend --cache-name web-redis',
    'plan --config project.yaml --exit-code',
  ],
  verify: [
    'verify --ecs-cluster web --service backend',
    "verify --ecs-cluster web --service backend --refresh-path /api/count --refresh-value '$.count'",
    'verify --config project.yaml --report report.html',
  ],
  status: [
    'status --ecs-cluster web --service backend',
    'status --project backend --strict --json',
    'status --project backend --metrics',
  ],
  rollback: ['rollback --project backend', 'rollback --ecs-cluster web --service backend --yes'],
  destroy: [
    'destroy --project backend',
    'destroy --project backend --confirm backend',
    'destroy --project backend --confirm backend --no-final-snapshot',
  ],
  alarms: [
    'alarms --project backend --alarm-email ops@example.com',
    'alarms --project backend --sns-topic arn:aws:sns:eu-west-1:111122223333:ops --yes',
    'alarms --project backend --no-monitoring --yes',
  ],
  'snapshot create': [
    'snapshot create --cache-name web-redis',
    'snapshot create --project backend --snapshot-name before-upgrade --yes',
  ],
  'snapshot list': ['snapshot list --project backend', 'snapshot list --cache-name web-redis --json'],
  'snapshot restore': [
    'snapshot restore --snapshot-name before-upgrade --cache-name web-redis-2',
    'snapshot restore --snapshot-name before-upgrade --cache-name web-redis-2 --move --yes',
  ],
  'snapshot delete': [
    'snapshot delete --snapshot-name before-upgrade',
    'snapshot delete --snapshot-name before-upgrade --yes',
  ],
  'rotate-token': [
    'rotate-token --ecs-cluster web --service backend --yes',
    'rotate-token --project backend --restarted --yes',
  ],
  connect: [
    'connect --project backend',
    'connect --project backend -- redis-cli --scan',
    'connect --cache-name web-redis --local-port 16379',
  ],
  'drill failover': [
    'drill failover --project backend',
    "drill failover --project backend --refresh-path /api/count --refresh-value '$.count' --strict --yes",
  ],
  'drill outage': ['drill outage --project backend', 'drill outage --project backend --seconds 30 --yes'],
  scale: ['scale --project backend', 'scale --project backend --replicas 2 --multi-az --yes'],
  logs: ['logs --project backend --follow', 'logs --project backend --since 2h --json'],
  policy: [
    'policy --for setup,verify --region eu-west-1 --account 111122223333 > policy.json',
    'policy --for setup --ecs-cluster web --service backend --cache-name web-redis --from-account',
  ],
  sandbox: ['sandbox --scenario collabcanvas --speed 60', 'sandbox --scenario funmagic > sandbox.json'],
  demo: ['demo', 'demo --yes --json'],
};

const COMPLETION_EXAMPLES = [
  'completion bash >> ~/.bashrc',
  'completion zsh >> ~/.zshrc',
  'completion fish > ~/.config/fish/completions/elasticache-wizard.fish',
];

const EVERYWHERE =
  'Without a terminal nothing is asked: what is missing is listed, with exit code 2. Every flag can come from a ' +
  'variable, --cache-name from ELASTICACHE_WIZARD_CACHE_NAME (help environment). stdout carries what was asked for, ' +
  'stderr all that is said on the way; with --json stdout has one JSON object a line, the last of type result. ' +
  'What a command needs, prints, writes and ends with is in its own --help.';

const EXIT_CODES = `
Exit codes (help exit-codes says more):
  0 done   1 failed   2 wrong or missing input   3 credentials or permission
  4 blocked   5 timed out, safe to run again   6 a check failed
  7 the new revision did not become healthy   10 changes are pending (plan)
  130 declined or interrupted   143 terminated`;

/** Of the program as a whole. */
export function programFooter(): string {
  const examples = ['demo', '', 'setup --config project.yaml --yes'];
  return `${footer(examples, [paragraph(EVERYWHERE)])}\n${EXIT_CODES}`;
}

export function helpFooter(command: CommandName): string {
  const { needs, stdout, types, writes, again, exits, meaning } = AUTOMATION[command];
  return footer(EXAMPLES[command], [
    row('needs', needs),
    row('stdout', stdout),
    row('--json', [...types, 'result'].join(', ')),
    row('writes', writes),
    row('again', again),
    row('exits', `${exits.join(' ')} (help exit-codes)${meaning === undefined ? '' : `; ${meaning}`}`),
  ]);
}

export function familyFooter(family: string): string {
  const commands = COMMANDS.filter((name) => name.startsWith(`${family} `));
  return footer(
    commands.flatMap((name) => EXAMPLES[name].slice(0, 1)),
    [
      row(
        'needs',
        `what is to be done, else it ends with 2: ${commands.join(', ')}; each has a --help of its own`,
      ),
    ],
  );
}

export function completionFooter(): string {
  return footer(COMPLETION_EXAMPLES, [
    row('needs', 'the name of the shell; no account'),
    row(
      'stdout',
      'a script for the shell, which at each Tab asks elasticache-wizard; that has to be on the PATH (npm install --global elasticache-wizard), and reads names of clusters, services, caches and projects with your own credentials',
    ),
    row('writes', 'nothing'),
    row('again', 'Always safe.'),
    row('exits', '0 2 (help exit-codes)'),
  ]);
}

function footer(examples: readonly string[], automation: readonly string[]): string {
  const commands = examples.map((example) => exampleLines(`elasticache-wizard ${example}`.trimEnd()));
  return ['', 'Examples:', ...commands, '', 'Automation:', ...automation].join('\n');
}
