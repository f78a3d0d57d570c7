/** What the operations on caches are made of. */
import type { Arn } from './arn.ts';
import type { Caches } from './cache.ts';
import type { CreationContext } from './creation.ts';
import type { Descriptions } from './descriptions.ts';
import type { Events } from './events.ts';
import type { LifeCycle } from './life-cycle.ts';
import type { Memcached } from './memcached.ts';
import type { Modification } from './modification.ts';
import type { Nodes } from './nodes.ts';
import type { ParameterGroups } from './parameter-groups.ts';
import type { Placement } from './placement.ts';
import type { Serverless } from './serverless.ts';
import type { Snapshots } from './snapshots.ts';
import type { SubnetGroups } from './subnet-groups.ts';
import type { TagStore } from './tags.ts';
import type { UserGroups } from './user-groups.ts';

export interface ServiceParts {
  readonly arn: Arn;
  readonly caches: Caches;
  readonly descriptions: Descriptions;
  readonly events: Events;
  readonly lifeCycle: LifeCycle;
  readonly memcached: Memcached;
  readonly modification: Modification;
  readonly nodes: Nodes;
  readonly parameterGroups: ParameterGroups;
  readonly placement: Placement;
  readonly serverless: Pick<Serverless, 'caches' | 'snapshots'>;
  readonly snapshots: Snapshots;
  readonly subnetGroups: SubnetGroups;
  readonly tags: TagStore;
  readonly userGroups: UserGroups;
  creationContext(): CreationContext;
}
