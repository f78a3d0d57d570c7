/** What of a cache can never be changed once it is there (ElastiCache API reference, ModifyReplicationGroup and ModifyServerlessCache). */
import type { CacheSettings } from './settings.ts';

export function permanentOf(cache: CacheSettings): string[] {
  if (cache.kind === 'serverless') {
    return [
      'that it is serverless',
      'its name',
      'its subnets',
      'its encryption key',
      'TLS, which is always on',
    ];
  }
  return [
    'its name',
    'its port',
    'its VPC',
    `encryption at rest (${cache.atRestEncryption.value ? 'on' : 'off'})${cache.kmsKeyId ? ' and its key' : ''}`,
    ...(cache.engine.value === 'valkey' ? ['Valkey, from which no way leads back to Redis OSS'] : []),
    ...(cache.clusterMode.value === 'enabled' ? ['cluster mode, which cannot be turned off'] : []),
  ];
}
