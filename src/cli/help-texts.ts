/** The words of `--help` that no single input holds. */
import type { CommandName, Group } from '../inputs/input.ts';

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
    'elasticache-wizard',
    'elasticache-wizard setup --ecs-cluster web --service backend --cache-name web-redis --yes',
    'elasticache-wizard setup --config project.yaml --yes',
    'elasticache-wizard setup --auto-scaling-group workers --cache-name jobs --workload queue --env-profile bullmq',
    "elasticache-wizard setup --preset production --refresh-path /api/count --refresh-value '$.count'",
  ],
  plan: ['elasticache-wizard plan --ecs-cluster web --service backend --cache-name web-redis --exit-code'],
  verify: [
    'elasticache-wizard verify --ecs-cluster web --service backend --cache-name web-redis',
    'elasticache-wizard verify --config project.yaml --report report.html',
  ],
  status: [
    'elasticache-wizard status --ecs-cluster web --service backend --json',
    'elasticache-wizard status --project backend --strict',
  ],
  rollback: [
    'elasticache-wizard rollback --project backend',
    'elasticache-wizard rollback --project backend --yes',
  ],
  destroy: [
    'elasticache-wizard destroy --project backend',
    'elasticache-wizard destroy --project backend --confirm backend --no-final-snapshot',
  ],
  alarms: [
    'elasticache-wizard alarms --project backend --alarm-email ops@example.com',
    'elasticache-wizard alarms --project backend --sns-topic arn:aws:sns:eu-west-1:111122223333:ops --yes',
  ],
  'snapshot create': ['elasticache-wizard snapshot create --cache-name web-redis --yes'],
  'snapshot list': ['elasticache-wizard snapshot list --project backend'],
  'snapshot restore': [
    'elasticache-wizard snapshot restore --snapshot-name web-redis-2026-11-21 --cache-name web-redis-2',
    'elasticache-wizard snapshot restore --snapshot-name web-redis-2026-11-21 --cache-name web-redis-2 --move --yes',
  ],
  'snapshot delete': ['elasticache-wizard snapshot delete --snapshot-name web-redis-2026-11-21'],
  'rotate-token': ['elasticache-wizard rotate-token --ecs-cluster web --service backend --yes'],
  connect: [
    'elasticache-wizard connect --project backend',
    'elasticache-wizard connect --project backend -- redis-cli --scan',
  ],
  'drill failover': [
    "elasticache-wizard drill failover --project backend --refresh-path /api/count --refresh-value '$.count'",
  ],
  'drill outage': ['elasticache-wizard drill outage --project backend'],
  scale: ['elasticache-wizard scale --ecs-cluster web --service backend --replicas 2 --multi-az'],
  logs: ['elasticache-wizard logs --project backend --follow'],
  policy: [
    'elasticache-wizard policy --for setup,verify --region eu-west-1 --account 111122223333 > policy.json',
    'elasticache-wizard policy --for setup --ecs-cluster web --service backend --cache-name web-redis --from-account',
  ],
  sandbox: ['elasticache-wizard sandbox --scenario collabcanvas --speed 60'],
  demo: ['elasticache-wizard demo'],
};

export const COMPLETION_EXAMPLES = `
Examples:
  elasticache-wizard completion bash >> ~/.bashrc
  elasticache-wizard completion zsh >> ~/.zshrc
  elasticache-wizard completion fish > ~/.config/fish/completions/elasticache-wizard.fish

It needs elasticache-wizard on the PATH (npm install --global elasticache-wizard). Names of clusters, services,
caches and projects are read with your own credentials.`;

const AUTOMATION = `
Without a terminal:
  Nothing is asked. What is missing is listed at once, with exit code 2; a write needs --yes.
  Every flag can come from a variable: --cache-name from ELASTICACHE_WIZARD_CACHE_NAME
  (elasticache-wizard help environment).
  stdout carries the result, stderr everything said on the way. With --json stdout has one
  JSON object a line, the last of type "result".

Exit codes:
  0 done   1 failed   2 wrong or missing input   3 credentials or permission   4 blocked
  5 timed out, safe to run again   6 a check failed   7 the new revision did not become healthy
  10 changes are pending (plan --exit-code)   130 declined or interrupted   143 terminated`;

export function helpFooter(command?: CommandName): string {
  const examples = command ? EXAMPLES[command] : [EXAMPLES.demo, EXAMPLES.setup].flat();
  return `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n${AUTOMATION}`;
}
