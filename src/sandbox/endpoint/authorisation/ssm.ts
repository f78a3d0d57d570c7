/** Parameter Store and Run Command (Service Authorization Reference, "AWS Systems Manager"): List* and Describe* have no resources. */
import type { PutParameterRequest, SendCommandRequest } from '@aws-sdk/client-ssm';
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
  const instance = (id: string): string => `arn:aws:ec2:${region}:${accountId}:instance/${id}`;
  const document = (name = ''): string =>
    name.startsWith('arn:') ? name : `arn:aws:ssm:${region}::document/${name}`;
  return {
    // With targets instead of ids it is about whatever they turn out to be.
    SendCommand: ({ DocumentName, InstanceIds = [] }: SendCommandRequest) =>
      on(document(DocumentName), ...(InstanceIds.length > 0 ? InstanceIds : ['*']).map(instance)),
    PutParameter: ({ Name, Overwrite = false, Tags = [] }: PutParameterRequest): Needs => ({
      ...on(made(arn(Name), { 'ssm:Overwrite': Overwrite })),
      // Systems Manager User Guide, "Creating a parameter": tags at its creation take the right to add tags too.
      ...(Tags.length > 0
        ? { further: [{ action: 'ssm:AddTagsToResource', resources: [tagged(arn(Name))] }] }
        : {}),
    }),
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
