/** Rules: which requests of a listener go elsewhere than its default actions say. */
import type {
  CreateRuleInput,
  CreateRuleOutput,
  DeleteRuleInput,
  DeleteRuleOutput,
  DescribeRulesInput,
  DescribeRulesOutput,
  ModifyRuleInput,
  ModifyRuleOutput,
  Rule as RuleView,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError, type Handler, type Operations } from '../service.ts';
import { acceptedActions } from './actions.ts';
import { acceptedConditions } from './conditions.ts';
import { page } from './paging.ts';
import { resourceId, validationError, type Registry, type Rule } from './registry.ts';
import { setTags } from './tags.ts';

const LAST_PRIORITY = 50_000;

export function ruleOperations(registry: Registry, rulesChanged: () => void): Operations {
  const createRule: Handler<CreateRuleInput, CreateRuleOutput> = (input) => {
    const listener = registry.listener(input.ListenerArn);
    const { Priority: priority } = input;
    if (priority === undefined || priority < 1 || priority > LAST_PRIORITY) {
      throw validationError(
        `Priority '${priority ?? ''}' must be between '1' and '${LAST_PRIORITY}' inclusive`,
      );
    }
    if (registry.rulesOf(listener).some((other) => other.priority === priority)) {
      throw new ServiceError('PriorityInUseException', `Priority '${priority}' is currently in use`);
    }
    const rule: Rule = {
      arn: `${listener.arn.replace(':listener/', ':listener-rule/')}/${resourceId()}`,
      listener,
      priority,
      conditions: acceptedConditions(input.Conditions),
      actions: acceptedActions(registry, listener.loadBalancer, input.Actions),
    };
    setTags(registry, rule.arn, input.Tags);
    registry.rules.set(rule.arn, rule);
    rulesChanged();
    return { Rules: [view(rule)] };
  };

  const deleteRule: Handler<DeleteRuleInput, DeleteRuleOutput> = (input) => {
    const rule = registry.rule(input.RuleArn);
    if (rule.priority === 'default') throw defaultRule(rule, 'deleted');
    registry.rules.delete(rule.arn);
    registry.tags.delete(rule.arn);
    rulesChanged();
    return {};
  };

  const modifyRule: Handler<ModifyRuleInput, ModifyRuleOutput> = (input) => {
    const rule = registry.rule(input.RuleArn);
    if (rule.priority === 'default') throw defaultRule(rule, 'modified');
    const conditions = input.Conditions ? acceptedConditions(input.Conditions) : rule.conditions;
    if (input.Actions) rule.actions = acceptedActions(registry, rule.listener.loadBalancer, input.Actions);
    rule.conditions = conditions;
    rulesChanged();
    return { Rules: [view(rule)] };
  };

  const describeRules: Handler<DescribeRulesInput, DescribeRulesOutput> = (input) => {
    const rules = input.RuleArns?.length
      ? input.RuleArns.map((arn) => registry.rule(arn))
      : registry.rulesOf(registry.listener(input.ListenerArn));
    const { items, NextMarker } = page(rules, input);
    return { Rules: items.map(view), NextMarker };
  };

  return {
    CreateRule: createRule,
    DeleteRule: deleteRule,
    ModifyRule: modifyRule,
    DescribeRules: describeRules,
  };
}

function defaultRule({ arn }: Rule, done: 'deleted' | 'modified'): ServiceError {
  return new ServiceError('OperationNotPermittedException', `Default rule '${arn}' cannot be ${done}`);
}

function view(rule: Rule): RuleView {
  return {
    RuleArn: rule.arn,
    Priority: String(rule.priority),
    Conditions: [...rule.conditions],
    Actions: [...rule.actions],
    IsDefault: rule.priority === 'default',
  };
}
