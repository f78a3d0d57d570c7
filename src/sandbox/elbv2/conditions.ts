/** The conditions of rules, and whether a request meets them. */
import { BlockList, isIPv4 } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { validationError } from './registry.ts';

const FIELDS = [
  'host-header',
  'path-pattern',
  'http-header',
  'http-request-method',
  'query-string',
  'source-ip',
];

/** As DescribeRules gives them back: the old form (Field, Values) has the new form's configuration beside it. */
export function acceptedConditions(conditions: readonly RuleCondition[] = []): RuleCondition[] {
  if (conditions.length === 0) throw validationError('A condition must be specified');
  return conditions.map((condition) => {
    const { Field: field = '' } = condition;
    if (!FIELDS.includes(field))
      throw validationError(`Condition field '${field}' must be one of '[${FIELDS.join(', ')}]'`);
    const values =
      condition.HostHeaderConfig?.Values ?? condition.PathPatternConfig?.Values ?? condition.Values;
    switch (field) {
      case 'host-header':
        return { Field: field, Values: required(values), HostHeaderConfig: { Values: required(values) } };
      case 'path-pattern':
        return { Field: field, Values: required(values), PathPatternConfig: { Values: required(values) } };
      default:
        return condition;
    }
  });
}

export function meets(request: IncomingMessage, conditions: readonly RuleCondition[]): boolean {
  return conditions.every((condition) => meetsOne(request, condition));
}

function meetsOne(request: IncomingMessage, condition: RuleCondition): boolean {
  const url = new URL(request.url ?? '/', 'http://listener');
  switch (condition.Field) {
    case 'host-header': {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      return anyLike(condition.HostHeaderConfig?.Values, host, 'i');
    }
    case 'path-pattern':
      return anyLike(condition.PathPatternConfig?.Values, url.pathname);
    case 'http-request-method':
      return condition.HttpRequestMethodConfig?.Values?.includes(request.method ?? '') ?? false;
    case 'http-header': {
      const header = request.headers[(condition.HttpHeaderConfig?.HttpHeaderName ?? '').toLowerCase()];
      return [header ?? []].flat().some((value) => anyLike(condition.HttpHeaderConfig?.Values, value, 'i'));
    }
    case 'query-string':
      return (condition.QueryStringConfig?.Values ?? []).some(({ Key, Value = '' }) =>
        [...url.searchParams].some(
          ([key, value]) => (Key === undefined || anyLike([Key], key, 'i')) && anyLike([Value], value, 'i'),
        ),
      );
    default:
      return fromSource(condition.SourceIpConfig?.Values ?? [], request.socket.remoteAddress ?? '');
  }
}

function required(values: string[] | undefined): string[] {
  if (!values?.length) throw validationError('A condition value must be specified');
  return values;
}

/** `*` stands for any characters, `?` for exactly one. */
function anyLike(patterns: readonly string[] = [], text: string, flags = ''): boolean {
  return patterns.some((pattern) => {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return new RegExp(`^${escaped}$`, flags).test(text);
  });
}

function fromSource(blocks: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', bits = '32'] = block.split('/');
    list.addSubnet(network, Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
