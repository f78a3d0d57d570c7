/** The policy simulator: what the policies of a user or role would decide, by the engine that decides for real. */
import type {
  ContextEntry,
  EvaluationResult,
  PolicySourceType,
  ResourceSpecificResult,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
  Statement as SimulatedStatement,
} from '@aws-sdk/client-iam';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { page } from './paging.ts';
import { contextOf } from './policy/context.ts';
import type { Context, ContextValues } from './policy/context.ts';
import type { PolicyDocument } from './policy/document.ts';
import { decide, matchedStatements, missingContextKeys } from './policy/evaluation.ts';
import type { AccessRequest, Decision } from './policy/evaluation.ts';
import { readPolicyText } from './policy-text.ts';

export interface NamedPolicy {
  readonly name: string;
  readonly type: PolicySourceType;
  readonly document: PolicyDocument;
}

export interface Principal {
  readonly policies: readonly NamedPolicy[];
  /** What each of its requests says of itself: aws:username, aws:PrincipalArn. */
  readonly context: ContextValues;
}

interface Simulated {
  readonly resource: string;
  readonly decision: Decision;
  readonly matched: SimulatedStatement[];
  readonly missing: string[];
}

/** `principal` throws for whom the account does not have. */
export function simulationOperations(principal: (arn: string) => Principal): Operations {
  return {
    SimulatePrincipalPolicy: (input: SimulatePrincipalPolicyRequest): SimulatePolicyResponse => {
      const { policies, context } = principal(input.PolicySourceArn ?? '');
      const given = (input.PolicyInputList ?? []).map((text, index) => ({
        name: `PolicyInputList.${index + 1}`,
        type: 'none' as const,
        document: readPolicyText(text),
      }));
      const simulate = simulator([...policies, ...given], requestContext(context, input.ContextEntries));
      const results = (input.ActionNames ?? []).map((action) => {
        if (!/^[a-zA-Z0-9-]+:[a-zA-Z0-9]+$/.test(action))
          throw new ServiceError('InvalidInputException', `Invalid action name: ${action}`);
        return evaluationResult(action, input.ResourceArns, simulate);
      });
      const { items, ...next } = page(results, input);
      return { EvaluationResults: items, ...next };
    },
  };
}

function simulator(policies: readonly NamedPolicy[], context: Context) {
  const documents = policies.map(({ document }) => document);
  return (action: string, resource: string): Simulated => {
    const request: AccessRequest = { action, resource, context };
    return {
      resource,
      decision: decide(documents, request),
      matched: policies.flatMap(({ name, type, document }) =>
        matchedStatements(document, request).map(() => ({ SourcePolicyId: name, SourcePolicyType: type })),
      ),
      missing: missingContextKeys(documents, request),
    };
  };
}

/**
 * One result an action. Where resources are named, each has its decision, and the action's own is allowed only when
 * all of theirs are; what is missing is then said of the resource (IAM API reference, EvaluationResult).
 */
function evaluationResult(
  action: string,
  resourceArns: readonly string[] | undefined,
  simulate: (action: string, resource: string) => Simulated,
): EvaluationResult {
  const resources = resourceArns && resourceArns.length > 0 ? resourceArns : ['*'];
  const named = resources.some((resource) => resource !== '*');
  const each = resources.map((resource) => simulate(action, resource));
  return {
    EvalActionName: action,
    EvalResourceName: resources.length === 1 ? resources[0] : '*',
    EvalDecision: rollUp(each.map(({ decision }) => decision)),
    MatchedStatements: each.flatMap(({ matched }) => matched),
    MissingContextValues: named ? [] : each.flatMap(({ missing }) => missing),
    ...(named ? { ResourceSpecificResults: each.map(resourceResult) } : {}),
  };
}

function resourceResult({ resource, decision, matched, missing }: Simulated): ResourceSpecificResult {
  return {
    EvalResourceName: resource,
    EvalResourceDecision: decision,
    MatchedStatements: matched,
    MissingContextValues: missing,
  };
}

function rollUp(decisions: readonly Decision[]): Decision {
  if (decisions.includes('explicitDeny')) return 'explicitDeny';
  return decisions.every((decision) => decision === 'allowed') ? 'allowed' : 'implicitDeny';
}

function requestContext(principal: ContextValues, entries: readonly ContextEntry[] = []): Context {
  return contextOf(
    principal,
    ...entries.map(({ ContextKeyName = '', ContextKeyValues = [] }) => ({
      [ContextKeyName]: ContextKeyValues,
    })),
  );
}
