/** Parameter Store, Run Command and sessions (Service Authorization Reference, "AWS Systems Manager"): List* and Describe* have no resources. */
import type {
  PutParameterRequest,
  SendCommandRequest,
  StartSessionRequest,
  TerminateSessionRequest,
} from '@aws-sdk/client-ssm';
import type { ContextValues } from '../../iam/policy/context.ts';
import { parameterArnsOf, parseReference } from '../../ssm/parameter-name.ts';
import { made, on, tagged } from './permission.ts';
import type { Needs, PermissionRules, Place, Resource } from './permission.ts';
import { resourceTagContext } from './resource-tags.ts';

export function ssmPermissions(place: Place): PermissionRules {
  const { region, accountId } = place;
  const arnOf = parameterArnsOf(region, accountId);
  const arn = (text = ''): string => {
    const { nameOrArn } = parseReference(text);
    return nameOrArn.startsWith('arn:') ? nameOrArn : arnOf(nameOrArn);
  };
  const one = ({ Name }: { Name?: string }): Needs => on(arn(Name));
  const several = ({ Names = [] }: { Names?: readonly string[] }): Needs => on(...Names.map(arn));
  const tagging = ({ ResourceId }: { ResourceId?: string }): Needs => on(tagged(arn(ResourceId)));
  /** Systems Manager calls an instance's tags its own: ssm:resourceTag. */
  const instance = async (id: string): Promise<Resource> => {
    const instanceArn = `arn:aws:ec2:${region}:${accountId}:instance/${id}`;
    const tags = Object.entries(await resourceTagContext(instanceArn, place));
    const context = tags.map(([key, value]) => [key.replace(/^ec2:ResourceTag/, 'ssm:resourceTag'), value]);
    return { arn: instanceArn, context: Object.fromEntries(context) as ContextValues };
  };
  const document = (name = ''): string =>
    name.startsWith('arn:') ? name : `arn:aws:ssm:${region}::document/${name}`;
  return {
    // With targets instead of ids it is about whatever they turn out to be.
    SendCommand: async ({ DocumentName, InstanceIds = [] }: SendCommandRequest) =>
      on(
        document(DocumentName),
        ...(await Promise.all((InstanceIds.length > 0 ? InstanceIds : ['*']).map(instance))),
      ),
    // The document is looked at where the request names one, and asked for where the policy says so.
    StartSession: async ({ Target = '', DocumentName }: StartSessionRequest) => {
      const context = { 'ssm:SessionDocumentAccessCheck': true };
      const [, cluster = '', taskId = ''] = /^ecs:(.+)_([^_]+)_[^_]+$/.exec(Target) ?? [];
      const target = Target.startsWith('ecs:')
        ? { arn: `arn:aws:ecs:${region}:${accountId}:task/${cluster}/${taskId}` }
        : await instance(Target);
      return on(
        { ...target, context: { ...target.context, ...context } },
        { arn: document(DocumentName), context },
      );
    },
    // Systems Manager tags a session with the user id of whoever started it; here that is the account's only user.
    TerminateSession: async ({ SessionId = '' }: TerminateSessionRequest) => {
      const caller = (await place.look('sts', 'GetCallerIdentity', {})) as { UserId?: string } | undefined;
      const context = { 'ssm:resourceTag/aws:ssmmessages:session-id': caller?.UserId ?? '' };
      return on({ arn: `arn:aws:ssm:${region}:${accountId}:session/${SessionId}`, context });
    },
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
