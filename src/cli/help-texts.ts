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
  policy: 'the least IAM policy for the commands named, as a document; reads no account unless asked to',
  sandbox: 'a local AWS with real Redis and a real load balancer, to try all this without an account',
  demo: 'the sandbox and a setup in it: a canvas app whose refreshes disagree, then agree',
};

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  app: 'The app:',
  cache: 'The cache (defaults count only when it is made; what is there stays as it is):',
  network: 'The network:',
  delivery: 'How the app is told:',
  stickiness: 'Stickiness:',
  proof: 'The proof:',
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
  policy: [
    'elasticache-wizard policy --for setup,verify --region eu-west-1 --account 111122223333 > policy.json',
    'elasticache-wizard policy --for setup --ecs-cluster web --service backend --cache-name web-redis --from-account',
  ],
  sandbox: ['elasticache-wizard sandbox --scenario collabcanvas --speed 60'],
  demo: ['elasticache-wizard demo'],
};

const AUTOMATION = `
Without a terminal:
  Nothing is asked. What is missing is listed at once, with exit code 2; a write needs --yes.
  Every flag can come from a variable: --cache-name from ELASTICACHE_WIZARD_CACHE_NAME.
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
