/** Every permission there is to have: the one table from which policies are printed and permissions are checked. */
import type { PolicyCommand, Right } from './right.ts';
import { RIGHTS_TO_CHANGE } from './rights-to-change.ts';
import { RIGHTS_TO_INSTANCES } from './rights-to-instances.ts';
import { RIGHTS_TO_PARAMETER_GROUPS } from './rights-to-parameter-groups.ts';
import { RIGHTS_TO_READ } from './rights-to-read.ts';
import { RIGHTS_TO_SECRETS } from './rights-to-secrets.ts';
import { RIGHTS_TO_SERVERLESS } from './rights-to-serverless.ts';
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
];

export function rightsOf(commands: readonly PolicyCommand[]): Right[] {
  return RIGHTS.filter((right) => right.commands.some((command) => commands.includes(command)));
}

/** Of a project whose apps are all on instances; what an earlier project of its name left on ECS is looked for all the same. */
export function isOfInstances({ action, commands }: Right): boolean {
  if (action === 'ecs:ListTaskDefinitionFamilies') return commands.includes('destroy');
  return !/^(ecs|logs):|^iam:PassRole$/.test(action);
}
