/** A cache that is named and not there: one that was deleted is a finding, one that never was is a slip of the finger. */
import type { Aws } from '../../aws/aws.ts';
import { cacheAddressOf } from '../../domain/cache-address.ts';
import { ecsAmong, type Consumer } from '../../domain/consumer.ts';
import { handedAddressOf } from '../../domain/handed-address.ts';
import { suggestion } from '../../domain/nearest.ts';
import { CACHE_TAG } from '../../domain/ownership.ts';
import { variablesIn } from '../../domain/task-definition.ts';
import { WizardError } from '../../errors.ts';

interface Looked {
  readonly aws: Pick<Aws, 'caches' | 'ec2'>;
  readonly settings: { readonly caches: readonly { readonly name: string }[] };
  readonly consumers: readonly Consumer[];
}

export async function requireCaches({ settings, aws, consumers }: Looked): Promise<void> {
  for (const { name } of settings.caches) {
    if (await aws.caches.read(name)) continue;
    if (isHandedOver(name, consumers) || (await isAnchored(name, aws))) continue;
    const others = (await aws.caches.list()).map((cache) => cache.name);
    throw new WizardError('NotFound', `There is no cache ${name} in this account and region`, {
      hint: [
        suggestion(name, others),
        'Name the one that is there (--cache-name, --region), or make it: elasticache-wizard setup.',
      ]
        .filter(Boolean)
        .join(' '),
    });
  }
}

function isHandedOver(name: string, consumers: readonly Consumer[]): boolean {
  return ecsAmong(consumers)
    .flatMap(({ app }) => variablesIn(app.taskDefinition.document))
    .some(({ variable }) => 'value' in variable && leadsTo(variable.value, name));
}

function leadsTo(value: string, name: string): boolean {
  const host = handedAddressOf(value)?.host;
  return host !== undefined && cacheAddressOf(host)?.cacheName === name;
}

/** Our security group is made before the cache, and stays when somebody deletes that. */
async function isAnchored(name: string, { ec2 }: Looked['aws']): Promise<boolean> {
  return (await ec2.describeSecurityGroups({ tags: { [CACHE_TAG]: name } })).length > 0;
}
