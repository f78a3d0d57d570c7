/** The roles of an account, with the policies that are theirs. */
import type { Tag } from '@aws-sdk/client-iam';
import { ServiceError } from '../service.ts';
import { nameInArn } from './arns.ts';
import { findManagedPolicy } from './managed-policies.ts';
import type { PolicyDocument } from './policy/document.ts';
import type { NamedPolicy } from './simulation.ts';

export interface InlinePolicy {
  /** As it was put, whitespace included. */
  readonly text: string;
  readonly document: PolicyDocument;
}

export interface StoredRole {
  readonly roleName: string;
  readonly roleId: string;
  readonly arn: string;
  readonly path: string;
  readonly createDate: Date;
  readonly trustPolicy: string;
  readonly description: string | undefined;
  readonly maxSessionDuration: number;
  readonly tags: readonly Tag[];
  readonly inline: Map<string, InlinePolicy>;
  /** ARNs of managed policies. */
  readonly attached: Set<string>;
}

export class RoleStore {
  private readonly roles = new Map<string, StoredRole>();

  add(role: StoredRole): void {
    // Names are unique whatever their case (IAM API reference, CreateRole.RoleName).
    if ([...this.roles.keys()].some((name) => name.toLowerCase() === role.roleName.toLowerCase())) {
      throw new ServiceError(
        'EntityAlreadyExistsException',
        `Role with name ${role.roleName} already exists.`,
      );
    }
    this.roles.set(role.roleName, role);
  }

  get(roleName: string | undefined): StoredRole {
    const role = this.roles.get(roleName ?? '');
    if (!role) {
      throw new ServiceError(
        'NoSuchEntityException',
        `The role with name ${roleName ?? ''} cannot be found.`,
      );
    }
    return role;
  }

  find(arn: string): StoredRole | undefined {
    return this.all().find((role) => role.arn === arn);
  }

  delete(roleName: string): void {
    this.roles.delete(roleName);
  }

  all(): StoredRole[] {
    return [...this.roles.values()];
  }
}

/** All that a role's policies say, with the name of each. */
export function policiesOf({ inline, attached }: StoredRole): NamedPolicy[] {
  const managed = [...attached].flatMap((arn) => {
    const policy = findManagedPolicy(arn);
    return policy ? [{ name: nameInArn(arn), type: 'aws-managed' as const, document: policy.document }] : [];
  });
  return [
    ...[...inline].map(([name, { document }]) => ({ name, type: 'role' as const, document })),
    ...managed,
  ];
}
