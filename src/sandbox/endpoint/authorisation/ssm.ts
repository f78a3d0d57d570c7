/** Parameter Store (Service Authorization Reference, "AWS Systems Manager"): DescribeParameters has no resources. */
import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import { parameterArnsOf, parseReference } from '../../ssm/parameter-name.ts';
import { made, on, tagged } from './permission.ts';
import type { Needs, PermissionRules, Place } from './permission.ts';

export function ssmPermissions({ region, accountId }: Place): PermissionRules {
  const arnOf = parameterArnsOf(region, accountId);
  const arn = (text = ''): string => {
    const { nameOrArn } = parseReference(text);
    return nameOrArn.startsWith('arn:') ? nameOrArn : arnOf(nameOrArn);
  };
  const one = ({ Name }: { Name?: string }): Needs => on(arn(Name));
  const several = ({ Names = [] }: { Names?: readonly string[] }): Needs => on(...Names.map(arn));
  const tagging = ({ ResourceId }: { ResourceId?: string }): Needs => on(tagged(arn(ResourceId)));
  return {
    PutParameter: ({ Name, Overwrite = false }: PutParameterRequest) =>
      on(made(arn(Name), { 'ssm:Overwrite': Overwrite })),
    GetParameter: one,
    GetParameters: several,
    GetParametersByPath: ({ Path }: { Path?: string }) => on(arn(Path)),
    DeleteParameter: one,
    DeleteParameters: several,
    AddTagsToResource: tagging,
    RemoveTagsFromResource: tagging,
    ListTagsForResource: tagging,
  };
}
