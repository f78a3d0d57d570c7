/**
 * AWS Identity and Access Management: roles with their policies, the managed policy of ECS tasks, and the simulator.
 * Its one user is the account's access key, whose policy is set through the sandbox's own API. Not there: users,
 * groups, customer managed policies, boundaries.
 */
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { userArn } from '../sts/sts.ts';
import { roleArnsOf } from './arns.ts';
import { managedPolicyOperations } from './managed-policies.ts';
import { parsePolicyDocument } from './policy/document.ts';
import type { PolicyDocument } from './policy/document.ts';
import { principalContext } from './principal-context.ts';
import { rolePolicyOperations } from './role-policies.ts';
import { policiesOf, RoleStore } from './role-store.ts';
import { roleOperations } from './roles.ts';
import { simulationOperations } from './simulation.ts';
import type { Principal } from './simulation.ts';

export interface IamOptions {
  readonly accountId: string;
  readonly userName: string;
  readonly clock: Clock;
  /** The policy that the user's calls are judged by; without one everything is allowed. */
  readonly userPolicy: () => PolicyDocument | undefined;
}

export interface Iam {
  readonly operations: Operations;
  /** What a role's policies say; undefined when the account has no such role. */
  rolePolicies(roleArn: string): readonly PolicyDocument[] | undefined;
}

const everything = parsePolicyDocument({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });

export function createIam(options: IamOptions): Iam {
  const { accountId, clock, userPolicy } = options;
  const roles = new RoleStore();
  const user = userArn(options);

  const principal = (arn: string): Principal => {
    if (arn === user) {
      const policy = userPolicy();
      return {
        policies: [
          { name: policy ? 'enforced' : 'everything', type: 'user', document: policy ?? everything },
        ],
        context: principalContext(options),
      };
    }
    if (!/^arn:aws:iam::\d{12}:(user|group|role)\/.+/.test(arn)) {
      throw new ServiceError(
        'InvalidInputException',
        `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
      );
    }
    const role = roles.find(arn);
    if (!role) throw new ServiceError('NoSuchEntityException', `The entity ${arn} cannot be found.`);
    return {
      policies: policiesOf(role),
      context: {
        'aws:PrincipalArn': arn,
        'aws:PrincipalAccount': accountId,
        'aws:PrincipalType': 'AssumedRole',
      },
    };
  };

  return {
    operations: {
      ...roleOperations(roles, roleArnsOf(accountId), clock),
      ...rolePolicyOperations(roles),
      ...managedPolicyOperations((arn) => roles.all().filter(({ attached }) => attached.has(arn)).length),
      ...simulationOperations(principal),
    },
    rolePolicies: (roleArn) => {
      const role = roles.find(roleArn);
      return role && policiesOf(role).map(({ document }) => document);
    },
  };
}
