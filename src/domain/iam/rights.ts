/** Every permission there is to have: the one table from which policies are printed and permissions are checked. */
import type { PolicyCommand, Right } from './right.ts';
import { RIGHTS_TO_ALARMS } from './rights-to-alarms.ts';
import { RIGHTS_TO_CHANGE } from './rights-to-change.ts';
import { RIGHTS_TO_CONNECT } from './rights-to-connect.ts';
import { alsoToDrill, RIGHTS_TO_DRILL } from './rights-to-drill.ts';
import { RIGHTS_TO_INSTANCES } from './rights-to-instances.ts';
import { RIGHTS_TO_LOGS } from './rights-to-logs.ts';
import { RIGHTS_TO_PARAMETER_GROUPS } from './rights-to-parameter-groups.ts';
import { RIGHTS_TO_READ } from './rights-to-read.ts';
import { alsoToRotate, RIGHTS_TO_ROTATION } from './rights-to-rotation.ts';
import { alsoToScale, RIGHTS_TO_SCALE } from './rights-to-scale.ts';
import { RIGHTS_TO_SECRETS } from './rights-to-secrets.ts';
import { RIGHTS_TO_SERVERLESS } from './rights-to-serverless.ts';
import { RIGHTS_TO_SNAPSHOTS } from './rights-to-snapshots.ts';
import { RIGHTS_TO_USERS } from './rights-to-users.ts';

/** In the order in which a run needs them. */
export const RIGHTS: readonly Right[] = [
  ...RIGHTS_TO_READ,
  ...RIGHTS_TO_CHANGE,
  ...RIGHTS_TO_PARAMETER_GROUPS,
  ...RIGHTS_TO_SERVERLESS,
  ...RIGHTS_TO_USERS,
  ...RIGHTS_TO_SECRETS,
  ...RIGHTS_TO_INSTANCES,
  ...RIGHTS_TO_SNAPSHOTS,
  ...RIGHTS_TO_CONNECT,
  ...RIGHTS_TO_ALARMS,
  ...RIGHTS_TO_SCALE,
  ...RIGHTS_TO_ROTATION,
  ...RIGHTS_TO_LOGS,
  ...RIGHTS_TO_DRILL,
]
  .map(alsoToScale)
  .map(alsoToRotate)
  .map(alsoToDrill);

export function rightsOf(commands: readonly PolicyCommand[]): Right[] {
  return RIGHTS.filter((right) => right.commands.some((command) => commands.includes(command)));
}

/** Of a project whose apps are all on instances; what an earlier project of its name left on ECS is looked for all the same. */
export function isOfInstances({ action, commands }: Right): boolean {
  if (action === 'ecs:ListTaskDefinitionFamilies') return commands.includes('destroy');
  return !/^(ecs|logs):|^iam:PassRole$/.test(action);
}
