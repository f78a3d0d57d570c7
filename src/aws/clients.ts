/**
 * The account, through the SDK: one client a service, made at its first call, all on one pool of connections. What not
 * every command asks is loaded only then.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../clock.ts';
import { accessGateway } from './access-gateway.ts';
import { sender } from './api.ts';
import type { CallCounts } from './api.ts';
import type { Aws, Gateways } from './aws.ts';
import { cachesOver } from './caches.ts';
import { ec2Gateway } from './ec2-gateway.ts';
import { ecsGateway } from './ecs-gateway.ts';
import { clustersOver, elastiCacheGateway } from './elasticache-gateway.ts';
import { elbv2Gateway } from './elbv2-gateway.ts';
import { onUse, type Calls } from './on-use.ts';
import { BoundedRetries, MAX_ATTEMPTS } from './retries.ts';
import { serverlessGateway } from './serverless-gateway.ts';
import { snapshotsGateway } from './snapshots-gateway.ts';
import { stsGateway } from './sts-gateway.ts';
import type { SystemsManager } from './systems-manager.ts';

export interface AwsOptions {
  readonly region: string;
  /** Absent: AWS_PROFILE, or the SDK's default chain. */
  readonly profile?: string | undefined;
  /** Absent: AWS_ENDPOINT_URL and the profile's, which the SDK reads itself. */
  readonly endpointUrl?: string | undefined;
  /** Absent: where the SDK finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly clock: Clock;
  /** Of this program, for AWS's own logs. */
  readonly version?: string | undefined;
  /** In ms before an attempt; absent: the SDK's own back-off. */
  readonly retryDelay?: ((attempt: number) => number) | undefined;
  /** In ms, to connect and to answer. */
  readonly timeouts?: { readonly connection: number; readonly response: number } | undefined;
}

const TIMEOUTS = { connection: 5_000, response: 60_000 };

export function createAws(options: AwsOptions): Aws {
  const { region, profile, endpointUrl, credentials, clock, version = '0', timeouts = TIMEOUTS } = options;
  const calls: CallCounts = { reads: 0, writes: 0 };
  const agent = { keepAlive: true, maxSockets: 50 };
  const requestHandler = {
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent(agent),
    connectionTimeout: timeouts.connection,
    requestTimeout: timeouts.response,
    throwOnRequestTimeout: true,
    // The request's time-out ends with the first byte of the answer; this one takes over.
    socketTimeout: timeouts.response,
  };
  const config = {
    region,
    ...(profile !== undefined && { profile }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler,
    customUserAgent: [['elasticache-wizard', version]] satisfies [string, string][],
  };
  // Each client has its own strategy: the SDK keeps a budget of retries in it.
  const ownSettings = (): typeof config & { retryStrategy: BoundedRetries } => ({
    ...config,
    retryStrategy: new BoundedRetries(options.retryDelay),
  });
  let sts: STSClient | undefined;
  const stsClient = (): STSClient =>
    (sts ??= new STSClient({ ...ownSettings(), ...(credentials && { credentials }) }));
  // Each client would look for them on its own: the program or the sign-in that gives them is asked once, not once a service.
  const sharedCredentials = credentials ?? (() => stsClient().config.credentials());
  const settings = (): ReturnType<typeof ownSettings> & { credentials: typeof sharedCredentials } => ({
    ...ownSettings(),
    credentials: sharedCredentials,
  });
  const sendElastiCache = sender('elasticache', () => new ElastiCacheClient(settings()), clock, calls);
  const elasticache = elastiCacheGateway(sendElastiCache, clock);
  const serverless = serverlessGateway(sendElastiCache, clock);
  // Loading takes its time too: virtual time holds meanwhile.
  const loaded = <G extends Calls<G>>(load: () => Promise<G>): G => onUse(() => clock.busy(load()));
  let loading: Promise<SystemsManager> | undefined;
  const loadSystemsManager = async (): Promise<SystemsManager> => {
    const { SSMClient, systemsManagerGateways } = await import('./systems-manager.ts');
    return systemsManagerGateways(
      sender('ssm', () => new SSMClient(settings()), clock, calls),
      clock,
    );
  };
  const systemsManager = (): Promise<SystemsManager> => (loading ??= loadSystemsManager());
  const gateways: Gateways = {
    sts: stsGateway(sender('sts', stsClient, clock, calls), region),
    ec2: ec2Gateway(
      sender('ec2', () => new EC2Client(settings()), clock, calls),
      clock,
    ),
    elasticache,
    serverless,
    access: accessGateway(sendElastiCache, clock),
    snapshots: snapshotsGateway(sendElastiCache),
    ecs: ecsGateway(sender('ecs', () => new ECSClient(settings()), clock, calls)),
    elbv2: elbv2Gateway(
      sender('elasticloadbalancing', () => new ElasticLoadBalancingV2Client(settings()), clock, calls),
    ),
    logs: loaded(async () => {
      const { CloudWatchLogsClient, logsGateway } = await import('./logs-gateway.ts');
      return logsGateway(sender('logs', () => new CloudWatchLogsClient(settings()), clock, calls));
    }),
    iam: loaded(async () => {
      const { IAMClient, iamGateway } = await import('./iam-gateway.ts');
      return iamGateway(sender('iam', () => new IAMClient(settings()), clock, calls));
    }),
    cloudwatch: loaded(async () => {
      const { CloudWatchClient, cloudWatchGateway } = await import('./cloudwatch-gateway.ts');
      return cloudWatchGateway(sender('cloudwatch', () => new CloudWatchClient(settings()), clock, calls));
    }),
    sns: loaded(async () => {
      const { SNSClient, snsGateway } = await import('./sns-gateway.ts');
      return snsGateway(sender('sns', () => new SNSClient(settings()), clock, calls));
    }),
    autoScaling: loaded(async () => {
      const { AutoScalingClient, autoScalingGateway } = await import('./auto-scaling-gateway.ts');
      return autoScalingGateway(sender('autoscaling', () => new AutoScalingClient(settings()), clock, calls));
    }),
    ssm: loaded(async () => (await systemsManager()).ssm),
    parameters: loaded(async () => (await systemsManager()).parameters),
    commands: loaded(async () => (await systemsManager()).commands),
    sessions: loaded(async () => (await systemsManager()).sessions),
    secrets: {
      secretsmanager: loaded(async () => {
        const { SecretsManagerClient, secretsManagerGateway } = await import('./secrets-manager-gateway.ts');
        const client = (): InstanceType<typeof SecretsManagerClient> => new SecretsManagerClient(settings());
        return secretsManagerGateway(sender('secretsmanager', client, clock, calls), clock);
      }),
      ssm: loaded(async () => (await systemsManager()).secrets),
    },
  };
  return accountOf(gateways, calls);
}

function accountOf(gateways: Gateways, calls: CallCounts): Aws {
  const describeCacheClusters = clustersOver((id) => gateways.elasticache.readCacheCluster(id));
  const elasticache = { ...gateways.elasticache, describeCacheClusters };
  return {
    ...gateways,
    elasticache,
    caches: cachesOver(elasticache, gateways.serverless),
    calls,
    through: (around) => accountOf(around(gateways), calls),
  };
}
