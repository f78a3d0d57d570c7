/** The attributes of load balancers: keys, defaults and allowed values as in the API reference (LoadBalancerAttribute). */
import type { LoadBalancerAttribute } from '@aws-sdk/client-elastic-load-balancing-v2';
import { anyText, boolean, integer, oneOf, type AttributeRule } from './attribute-rule.ts';
import { validationError, type LoadBalancer } from './registry.ts';

const everyBalancer: Record<string, AttributeRule> = {
  'deletion_protection.enabled': { initial: 'false', accepts: boolean },
  'access_logs.s3.enabled': { initial: 'false', accepts: boolean },
  'access_logs.s3.bucket': { initial: '', accepts: anyText },
  'access_logs.s3.prefix': { initial: '', accepts: anyText },
  'ipv6.deny_all_igw_traffic': { initial: 'false', accepts: boolean },
  'zonal_shift.config.enabled': { initial: 'false', accepts: boolean },
};

const rules: Record<LoadBalancer['type'], Record<string, AttributeRule>> = {
  application: {
    ...everyBalancer,
    // The default for application load balancers is true "and can't be changed" (API reference).
    'load_balancing.cross_zone.enabled': { initial: 'true', accepts: oneOf('true') },
    'idle_timeout.timeout_seconds': { initial: '60', accepts: integer(1, 4000) },
    'client_keep_alive.seconds': { initial: '3600', accepts: integer(60, 604_800) },
    'connection_logs.s3.enabled': { initial: 'false', accepts: boolean },
    'connection_logs.s3.bucket': { initial: '', accepts: anyText },
    'connection_logs.s3.prefix': { initial: '', accepts: anyText },
    'routing.http.desync_mitigation_mode': {
      initial: 'defensive',
      accepts: oneOf('monitor', 'defensive', 'strictest'),
    },
    'routing.http.drop_invalid_header_fields.enabled': { initial: 'false', accepts: boolean },
    'routing.http.preserve_host_header.enabled': { initial: 'false', accepts: boolean },
    'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': { initial: 'false', accepts: boolean },
    'routing.http.xff_client_port.enabled': { initial: 'false', accepts: boolean },
    'routing.http.xff_header_processing.mode': {
      initial: 'append',
      accepts: oneOf('append', 'preserve', 'remove'),
    },
    'routing.http2.enabled': { initial: 'true', accepts: boolean },
    'waf.fail_open.enabled': { initial: 'false', accepts: boolean },
  },
  network: {
    ...everyBalancer,
    'load_balancing.cross_zone.enabled': { initial: 'false', accepts: boolean },
    'dns_record.client_routing_policy': {
      initial: 'any_availability_zone',
      accepts: oneOf(
        'availability_zone_affinity',
        'partial_availability_zone_affinity',
        'any_availability_zone',
      ),
    },
  },
};

export function initialLoadBalancerAttributes(type: LoadBalancer['type']): Map<string, string> {
  return new Map(Object.entries(rules[type]).map(([key, { initial }]) => [key, initial]));
}

export function changeLoadBalancerAttributes(
  { type, attributes }: LoadBalancer,
  changes: readonly LoadBalancerAttribute[],
): void {
  for (const { Key: key = '', Value: value = '' } of changes) {
    const rule = rules[type][key];
    if (!rule) throw validationError(`Load balancer attribute key '${key}' is not recognized`);
    if (!rule.accepts(value)) {
      throw validationError(`Load balancer attribute value '${value}' for key '${key}' is not valid`);
    }
  }
  for (const { Key: key = '', Value: value = '' } of changes) attributes.set(key, value);
}
