/** IAM behind its interface. */
import {
  DeleteRolePolicyCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import type {
  EvaluationResult,
  IAMClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-iam';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import { isFailure } from './failures.ts';
import type { Iam, Simulated, SimulatedRequest } from './iam.ts';

export { IAMClient } from '@aws-sdk/client-iam';

const REQUEST_TAG = 'aws:RequestTag/';

export function iamGateway(send: Send<ServiceInputTypes, ServiceOutputTypes, IAMClientResolvedConfig>): Iam {
  return {
    async readRoleArn(RoleName) {
      try {
        const { Role } = await send(`Reading the role ${RoleName}`, new GetRoleCommand({ RoleName }));
        return Role?.Arn;
      } catch (error) {
        if (isFailure(error, 'iam entity not found')) return undefined;
        throw error;
      }
    },

    async readProfileRoleArns(InstanceProfileName) {
      const command = new GetInstanceProfileCommand({ InstanceProfileName });
      try {
        const { InstanceProfile } = await send(
          `Reading the instance profile ${InstanceProfileName}`,
          command,
        );
        return (InstanceProfile?.Roles ?? []).flatMap(({ Arn }) => Arn ?? []);
      } catch (error) {
        if (isFailure(error, 'iam entity not found', 'operation unknown')) return [];
        throw error;
      }
    },

    async readRolePolicy(RoleName, PolicyName) {
      const command = new GetRolePolicyCommand({ RoleName, PolicyName });
      try {
        const { PolicyDocument } = await send(`Reading the policy ${PolicyName} of ${RoleName}`, command);
        // IAM encodes documents as parts of a URL (IAM API reference, GetRolePolicy).
        return PolicyDocument === undefined ? undefined : decodeURIComponent(PolicyDocument);
      } catch (error) {
        if (isFailure(error, 'iam entity not found')) return undefined;
        throw error;
      }
    },

    async putRolePolicy(RoleName, PolicyName, PolicyDocument) {
      const command = new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument });
      await send(`Adding the policy ${PolicyName} to ${RoleName}`, command);
    },

    async deleteRolePolicy(RoleName, PolicyName) {
      try {
        const command = new DeleteRolePolicyCommand({ RoleName, PolicyName });
        await send(`Removing the policy ${PolicyName} from ${RoleName}`, command);
      } catch (error) {
        if (!isFailure(error, 'iam entity not found')) throw error;
      }
    },

    async simulate(PolicySourceArn, { actions, resources, context }) {
      const results = await pages(async (Marker) => {
        const command = new SimulatePrincipalPolicyCommand({
          PolicySourceArn,
          ActionNames: [...actions],
          ResourceArns: [...resources],
          ContextEntries: Object.entries(context).map(([ContextKeyName, values]) => ({
            ContextKeyName,
            ContextKeyValues: [...values],
            ContextKeyType: values.length === 1 ? 'string' : 'stringList',
          })),
          Marker,
        });
        const page = await send(`Asking what ${PolicySourceArn} may do`, command);
        return { items: page.EvaluationResults ?? [], next: page.Marker };
      });
      return results.flatMap((result) => toSimulated(result, context));
    },
  };
}

/** What is said of each resource stands apart from what is said of the action, where resources were named. */
function toSimulated(result: EvaluationResult, context: SimulatedRequest['context']): Simulated[] {
  const action = result.EvalActionName ?? '';
  const each = result.ResourceSpecificResults ?? [];
  if (each.length === 0) {
    const decision = decisionOf(result.EvalDecision, result.MissingContextValues, result, context);
    return [{ action, resource: result.EvalResourceName ?? '*', decision }];
  }
  return each.map((one) => ({
    action,
    resource: one.EvalResourceName ?? '*',
    decision: decisionOf(one.EvalResourceDecision, one.MissingContextValues, result, context),
  }));
}

function decisionOf(
  decision: string | undefined,
  missingContext: readonly string[] = [],
  { OrganizationsDecisionDetail }: EvaluationResult,
  context: SimulatedRequest['context'],
): Simulated['decision'] {
  if (decision === 'allowed') return 'allowed';
  // Where tags of the request were told, all of them were: one that is missing will be missing.
  const tagsTold = Object.keys(context).some((key) => key.startsWith(REQUEST_TAG));
  const open = missingContext.filter((key) => !(tagsTold && key.startsWith(REQUEST_TAG)));
  if (open.length > 0 || OrganizationsDecisionDetail?.AllowedByOrganizations === false) return 'perhaps';
  return decision === 'explicitDeny' ? 'forbidden' : 'denied';
}
