/** Elastic Load Balancing behind its interface. */
import {
  AddTagsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyTargetGroupAttributesCommand,
  RemoveTagsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  Action,
  ElasticLoadBalancingV2ClientResolvedConfig,
  Listener,
  Rule,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Tags } from '../domain/ownership.ts';
import type { Send } from './api.ts';
import { chunks, inParallel, pages } from './batches.ts';
import type { Elbv2, WeightedForward } from './elbv2.ts';
import { isFailure } from './failures.ts';
import { fromTagList, toTagList } from './tag-list.ts';

const ARNS_A_CALL = 20;

type SendElbv2 = Send<ServiceInputTypes, ServiceOutputTypes, ElasticLoadBalancingV2ClientResolvedConfig>;

export function elbv2Gateway(send: SendElbv2): Elbv2 {
  async function describeListener(
    listener: Listener,
  ): Promise<Awaited<ReturnType<Elbv2['describeListeners']>>[number]> {
    const { ListenerArn: listenerArn = '', Port: port = 0, Protocol: protocol = '' } = listener;
    const defaultTargetGroupArns = forwarded(listener.DefaultActions);
    const rules = protocol.startsWith('HTTP') ? await describeRules(listenerArn) : [];
    const targetGroupArns = [
      ...new Set([...defaultTargetGroupArns, ...rules.flatMap(({ Actions }) => forwarded(Actions))]),
    ];
    return { port, protocol, targetGroupArns, defaultTargetGroupArns };
  }

  const listListeners = (LoadBalancerArn: string) =>
    pages(async (Marker) => {
      const doing = `Reading the listeners of ${LoadBalancerArn}`;
      const page = await send(doing, new DescribeListenersCommand({ LoadBalancerArn, Marker }));
      return { items: page.Listeners ?? [], next: page.NextMarker };
    });

  const describeRules = (ListenerArn: string) =>
    pages(async (Marker) => {
      const page = await send(
        `Reading the rules of ${ListenerArn}`,
        new DescribeRulesCommand({ ListenerArn, Marker }),
      );
      return { items: page.Rules ?? [], next: page.NextMarker };
    });

  const describeTargetGroupAttributes = async (TargetGroupArn: string) => {
    const doing = `Reading the attributes of ${TargetGroupArn}`;
    const { Attributes } = await send(doing, new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
    return fromTagList(Attributes);
  };

  return {
    async describeTargetGroups(arns) {
      const found = await inParallel(chunks(arns, ARNS_A_CALL), async (TargetGroupArns) => {
        const doing = `Reading the target group ${TargetGroupArns.join(', ')}`;
        return (await send(doing, new DescribeTargetGroupsCommand({ TargetGroupArns }))).TargetGroups ?? [];
      });
      return found.flat().map((group) => ({
        targetGroupArn: group.TargetGroupArn ?? '',
        targetGroupName: group.TargetGroupName ?? '',
        targetType: group.TargetType ?? 'instance',
        protocol: group.Protocol ?? '',
        loadBalancerArns: group.LoadBalancerArns ?? [],
      }));
    },

    async listTargetGroups(vpcId) {
      const all = await pages(async (Marker) => {
        const page = await send('Listing the target groups', new DescribeTargetGroupsCommand({ Marker }));
        return { items: page.TargetGroups ?? [], next: page.NextMarker };
      });
      return all.filter(({ VpcId }) => VpcId === vpcId).flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);
    },

    async readUnnoticedMs(targetGroupArn) {
      const command = new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] });
      const { TargetGroups: [group] = [] } = await send(
        `Reading the target group ${targetGroupArn}`,
        command,
      );
      const { HealthCheckIntervalSeconds: interval = 30, HealthCheckTimeoutSeconds: timeout = 5 } =
        group ?? {};
      return ((group?.UnhealthyThresholdCount ?? 2) * interval + timeout) * 1000;
    },

    describeTargetGroupAttributes,

    async readTargetGroupAttributes(targetGroupArn) {
      try {
        return await describeTargetGroupAttributes(targetGroupArn);
      } catch (error) {
        if (isFailure(error, 'target group not found')) return undefined;
        throw error;
      }
    },

    async modifyTargetGroupAttributes(TargetGroupArn, attributes) {
      const Attributes = toTagList(attributes);
      const doing = `Changing the attributes of ${TargetGroupArn}`;
      await send(doing, new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
    },

    async describeTags(arns) {
      const found = await inParallel(chunks(arns, ARNS_A_CALL), async (ResourceArns) => {
        const doing = `Reading the tags of ${ResourceArns.join(', ')}`;
        return (await send(doing, new DescribeTagsCommand({ ResourceArns }))).TagDescriptions ?? [];
      });
      return new Map<string, Tags>(
        found.flat().map(({ ResourceArn = '', Tags }) => [ResourceArn, fromTagList(Tags)]),
      );
    },

    async addTags(arn, tags) {
      await send(`Tagging ${arn}`, new AddTagsCommand({ ResourceArns: [arn], Tags: toTagList(tags) }));
    },

    async removeTags(arn, keys) {
      await send(
        `Removing tags of ${arn}`,
        new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: [...keys] }),
      );
    },

    async describeLoadBalancers(arns) {
      const found = await inParallel(chunks(arns, ARNS_A_CALL), async (LoadBalancerArns) => {
        const doing = `Reading the load balancer ${LoadBalancerArns.join(', ')}`;
        return (
          (await send(doing, new DescribeLoadBalancersCommand({ LoadBalancerArns }))).LoadBalancers ?? []
        );
      });
      return found.flat().map((balancer) => ({
        arn: balancer.LoadBalancerArn ?? '',
        type: balancer.Type ?? '',
        scheme: balancer.Scheme ?? '',
        dnsName: balancer.DNSName ?? '',
      }));
    },

    describeListeners: async (loadBalancerArn) =>
      inParallel(await listListeners(loadBalancerArn), describeListener),

    async listWeightedForwards(loadBalancerArn) {
      const listeners = await listListeners(loadBalancerArn);
      const found = await inParallel(listeners, async ({ ListenerArn = '' }) => {
        const rules = await describeRules(ListenerArn);
        return rules.flatMap((rule) => weightedForward(rule, ListenerArn) ?? []);
      });
      return found.flat();
    },

    async describeTargetHealth(TargetGroupArn) {
      const doing = `Reading the health of the targets of ${TargetGroupArn}`;
      const answer = await send(doing, new DescribeTargetHealthCommand({ TargetGroupArn }));
      return (answer.TargetHealthDescriptions ?? []).map(({ Target: target, TargetHealth: health }) => ({
        id: target?.Id ?? '',
        ...(target?.Port !== undefined && { port: target.Port }),
        state: health?.State ?? 'unknown',
        ...(health?.Reason !== undefined && { reason: health.Reason }),
        ...(health?.Description !== undefined && { description: health.Description }),
      }));
    },
  };
}

function weightedForward(rule: Rule, listenerArn: string): WeightedForward | undefined {
  const { RuleArn = '', IsDefault = false, Actions = [] } = rule;
  const config = Actions.find(({ Type }) => Type === 'forward')?.ForwardConfig;
  const groups = (config?.TargetGroups ?? []).filter(({ Weight = 1 }) => Weight > 0);
  if (groups.length < 2) return undefined;
  const forwardsAlone = Actions.every(({ Type }) => Type === 'forward');
  return {
    // The default rule cannot be changed by its own ARN (API reference, ModifyRule).
    ...(IsDefault ? { arn: listenerArn, of: 'listener' } : { arn: RuleArn, of: 'rule' }),
    targetGroupArns: groups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []),
    sticky: config?.TargetGroupStickinessConfig?.Enabled === true,
    actions: forwardsAlone ? Actions : undefined,
  };
}

/** A forward to one group stands in both places, one to several in `ForwardConfig` alone. */
function forwarded(actions: readonly Action[] | undefined): string[] {
  const arns = (actions ?? []).flatMap(({ TargetGroupArn, ForwardConfig }) => [
    TargetGroupArn,
    ...(ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn),
  ]);
  return [...new Set(arns.filter((arn) => arn !== undefined))];
}
