/**
 * What an operation asks IAM for. Each service has a table of its operations with the resources that they are about,
 * from the Service Authorization Reference. An operation that is in no table is judged on "*": it has no resources
 * of its own, or AWS's documents do not agree that it has, and a policy that allows it on "*" works either way.
 */
import type { ContextValues } from '../../iam/policy/context.ts';

export interface Resource {
  readonly arn: string;
  /** The condition keys of the service that this resource has in this operation. */
  readonly context?: ContextValues;
  /** The tags of the request are for it: the operation makes it, or tags it. */
  readonly takesTags?: boolean;
}

/** Allowed only where each of its resources is. */
export interface Permission {
  /** As IAM spells it: 'iam:PassRole'. */
  readonly action: string;
  readonly resources: readonly Resource[];
}

export interface Needs {
  readonly resources: readonly Resource[];
  /** Actions that it depends on, besides the tagging of what it makes. */
  readonly further?: readonly Permission[];
}

/** By operation: what an input needs. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the table mixes the inputs of many operations
export type PermissionRules = Readonly<Record<string, (input: any) => Needs | Promise<Needs>>>;

/** Where a call happens, and how to look there for what its input only hints at. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
  /** Asks an operation of the account as its owner would; undefined when it fails or is not there. */
  readonly look: (service: string, action: string, input: object) => Promise<unknown>;
}

export function on(...resources: readonly (string | Resource)[]): Needs {
  return {
    resources: resources.map((resource) => (typeof resource === 'string' ? { arn: resource } : resource)),
  };
}

/** What an operation makes. */
export function made(arn: string, context: ContextValues = {}): Resource {
  return { arn, takesTags: true, context };
}

/** What an operation on tags is about. */
export function tagged(arn: string): Resource {
  return { arn, takesTags: true };
}

export const ANY_RESOURCE: Needs = { resources: [{ arn: '*' }] };
