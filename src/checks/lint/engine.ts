/** Does AWS still make caches of this version, and has it offered updates that nobody applied? */
import type { CheckResult } from '../../domain/check.ts';
import type { Check } from '../check.ts';
import { pass, warn } from '../question.ts';
import { askCaches, awsFix, type CacheFacts, type LintContext } from './lint-context.ts';

export function engine(context: LintContext): Check {
  const { elasticache } = context.aws;

  async function ask(facts: CacheFacts): Promise<CheckResult> {
    const { name } = facts;
    if (facts.kind === 'serverless') return pass(`${name} is serverless: AWS keeps it up to date`);
    const [member] = facts.members;
    if (!member) return pass(`${name} has no node yet`);
    const { engine: named, engineVersion } = member;
    const isGroup = facts.kind === 'replicationGroup';
    const [updates, versions] = await Promise.all([
      elasticache.listPendingUpdates(name, isGroup),
      elasticache.describeEngineVersions(named),
    ]);
    const offered = versions.some((each) => isOf(engineVersion, each.engineVersion));
    const what = `${name} runs ${named} ${engineVersion}`;
    if (!offered) {
      return warn(
        `${what}, which AWS makes no new caches of`,
        'Move to a version that is offered: elasticache-wizard setup --engine-version.',
        {
          means:
            'A version that is not supported any more is billed as extended support, or upgraded by AWS when it chooses',
        },
      );
    }
    const [first] = updates;
    if (!first) return pass(`${what}, with no service update waiting`);
    const by =
      first.applyBy === undefined
        ? ''
        : `, to be applied by ${new Date(first.applyBy).toISOString().slice(0, 10)}`;
    return warn(
      `${what}, and ${updates.length === 1 ? 'a service update waits' : `${updates.length} service updates wait`}: ${first.name} (${first.severity}${by})`,
      'Apply it in a quiet hour: nodes are replaced one after another.',
      {
        means: 'AWS offers it for a reason: security, or a failure that others had',
        fix: awsFix(
          context,
          ...['elasticache', 'batch-apply-update-action', '--service-update-name', first.name],
          ...[isGroup ? '--replication-group-ids' : '--cache-cluster-ids', name],
        ),
      },
    );
  }

  return askCaches('engine', context, ask);
}

/** '7.1.0' runs where '7.1' is offered, and any 7.x where only the major number is told. */
function isOf(runs: string, offered: string): boolean {
  return runs === offered || runs.startsWith(`${offered}.`) || offered.startsWith(`${runs}.`);
}
