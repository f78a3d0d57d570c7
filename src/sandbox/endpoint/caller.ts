/** Whose access key a request is signed with, and whether that user may do what it asks for. */
import { principalContext } from '../iam/principal-context.ts';
import { contextOf } from '../iam/policy/context.ts';
import type { PolicyDocument } from '../iam/policy/document.ts';
import { decide } from '../iam/policy/evaluation.ts';
import type { Decision } from '../iam/policy/evaluation.ts';
import type { Call, Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import { userArn } from '../sts/sts.ts';
import type { Place, Resource } from './authorisation/permission.ts';
import { requestTagContext } from './authorisation/request-tags.ts';
import { requiredPermissions } from './authorisation/required-permissions.ts';
import { resourceTagContext } from './authorisation/resource-tags.ts';

export interface Caller {
  readonly accountId: string;
  readonly userName: string;
  /** Without one, everything is allowed. */
  readonly policy: PolicyDocument | undefined;
  /** The services of this account in a region, by IAM prefix; a region that nothing was made in is empty. */
  services(region: string): Promise<Readonly<Record<string, Operations>>>;
}

/** The access keys that exist. */
export interface Callers {
  find(accessKeyId: string): Caller | undefined;
}

/** Why the caller's policy does not let the call through, in AWS's words; undefined when it does. `at`: now. */
export async function denied(
  caller: Caller,
  call: Call,
  input: object,
  at: Date,
): Promise<string | undefined> {
  const { policy } = caller;
  // STS API reference, GetCallerIdentity: no permissions are required, and a deny has no effect.
  if (!policy || (call.service === 'sts' && call.action === 'GetCallerIdentity')) return undefined;
  const place = await placeOf(caller, call);
  const general = {
    ...principalContext(caller),
    'aws:RequestedRegion': call.region,
    'aws:CurrentTime': at.toISOString(),
    'aws:EpochTime': Math.floor(at.getTime() / 1000),
  };
  const contextFor = async (resource: Resource) =>
    contextOf(
      general,
      resource.arn === '*' ? {} : { 'aws:ResourceAccount': caller.accountId },
      await resourceTagContext(resource.arn, place),
      resource.takesTags || resource.arn === '*' ? requestTagContext(input) : {},
      resource.context ?? {},
    );

  for (const { action, resources } of await requiredPermissions(call.service, call.action, input, place)) {
    for (const resource of resources) {
      const decision = decide([policy], {
        action,
        resource: resource.arn,
        context: await contextFor(resource),
      });
      if (decision !== 'allowed') return denial(caller, action, resource.arn, decision);
    }
  }
  return undefined;
}

export function denial(
  caller: Caller,
  action: string,
  resource: string,
  decision: Exclude<Decision, 'allowed'>,
): string {
  const reason =
    decision === 'explicitDeny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${userArn(caller)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

async function placeOf(caller: Caller, { region, accessKeyId, requestId }: Call): Promise<Place> {
  const services = await caller.services(region);
  return {
    region,
    accountId: caller.accountId,
    look: async (service, action, input) => {
      try {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- the table of operations is untyped; who asks says what it gives
        return await services[service]?.[action]?.(input, {
          service,
          action,
          region,
          accessKeyId,
          requestId,
        });
      } catch (error) {
        // What cannot be found has no tags and no roles.
        if (error instanceof ServiceError) return undefined;
        throw error;
      }
    },
  };
}
