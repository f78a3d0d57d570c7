/** Is what travels to the cache, and what it keeps, encrypted? */
import type { CheckResult } from '../../domain/check.ts';
import type { Check } from '../check.ts';
import { pass, warn } from '../question.ts';
import { askCaches, type CacheFacts, type LintContext } from './lint-context.ts';

const IN_CLEAR = 'Whoever is on the way can read keys and values';
const NO_PASSWORD = `${IN_CLEAR}, and without TLS there can be no password`;

export function encryption(context: LintContext): Check {
  return askCaches('encryption', context, ask);
}

function ask(facts: CacheFacts): CheckResult {
  const { name } = facts;
  if (facts.kind === 'serverless') return pass(`${name} is serverless: always encrypted`);
  if (facts.kind === 'cacheCluster') {
    return warn(
      `${name} takes plaintext, and a node that stands alone knows nothing else`,
      'Make a replication group beside it, with TLS, and move the app there.',
      { means: NO_PASSWORD },
    );
  }
  const { transitEncryption, transitEncryptionMode, atRestEncryption } = facts.group;
  const kept = atRestEncryption ? '' : '; what it keeps in snapshots is not encrypted';
  if (!transitEncryption) {
    return warn(
      `${name} takes plaintext alone${kept}`,
      'Have it take both first, move the apps to rediss://, then refuse plaintext: elasticache-wizard setup --transit-encryption.',
      { means: NO_PASSWORD },
    );
  }
  if (transitEncryptionMode === 'preferred') {
    return warn(
      `${name} takes plaintext beside TLS${kept}`,
      'When no client speaks plaintext any more, refuse it: --transit-encryption-mode required.',
      { means: IN_CLEAR },
    );
  }
  if (atRestEncryption) return pass(`${name} is encrypted on the way and at rest`);
  return warn(
    `${name} speaks TLS${kept}`,
    'That is chosen when a cache is made: restore a snapshot of it into a new one that has it.',
    { means: 'Snapshots, and what a node writes to its disk, can be read from there' },
  );
}
