/** Whose access key a request is signed with, and what that user may do. */
import type { Operations } from '../service.ts';
import type { ServiceModel } from '../wire/service-model.ts';
import { userArn } from '../sts/sts.ts';
import type { Policy } from './policy.ts';

export interface Caller {
  readonly accountId: string;
  readonly userName: string;
  /** Without one, everything is allowed. */
  readonly policy: Policy | undefined;
  /** The services of this account in a region, by IAM prefix; a region that nothing was made in is empty. */
  services(region: string): Promise<Readonly<Record<string, Operations>>>;
}

/** The access keys that exist. */
export interface Callers {
  find(accessKeyId: string): Caller | undefined;
}

/** Throws the service's own access-denied error where the caller's policy does not allow the action. */
export function authorise(caller: Caller, model: ServiceModel, action: string): void {
  // STS API reference, GetCallerIdentity: no permissions are required, and a deny has no effect.
  if (model.service === 'sts' && action === 'GetCallerIdentity') return;
  const iamAction = `${model.service}:${action}`;
  const decision = caller.policy?.decide(iamAction) ?? 'allowed';
  if (decision === 'allowed') return;
  const reason =
    decision === 'denied explicitly'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${iamAction} action`;
  throw model.wire.errors.accessDenied(denial(caller, iamAction, reason));
}

export function denial(caller: Caller, iamAction: string, reason: string): string {
  return `User: ${userArn(caller)} is not authorized to perform: ${iamAction} on resource: * ${reason}`;
}

const TAG_ACTIONS: Readonly<Record<string, string>> = {
  ec2: 'CreateTags',
  ecs: 'TagResource',
  elasticache: 'AddTagsToResource',
  elasticloadbalancing: 'AddTags',
  logs: 'TagResource',
};

/** What else an input needs: tags given while something is made need the permission to tag. */
export function furtherAction(model: ServiceModel, action: string, input: unknown): string | undefined {
  if (!/^(Create|Register|Run)/.test(action)) return undefined;
  const { Tags, tags, TagSpecifications } = input as Readonly<Record<string, unknown>>;
  const given = Tags ?? tags ?? TagSpecifications;
  return given !== undefined && Object.keys(given as object).length > 0
    ? TAG_ACTIONS[model.service]
    : undefined;
}
