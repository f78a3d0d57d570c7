/** The account, through the SDK: one client a service, made at its first call, all on one pool of connections. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../clock.ts';
import { accessGateway } from './access-gateway.ts';
import { sender } from './api.ts';
import type { CallCounts } from './api.ts';
import { autoScalingOnUse, type AutoScaling } from './auto-scaling.ts';
import type { Aws, Gateways } from './aws.ts';
import { cachesOver } from './caches.ts';
import { cloudWatchOnUse, type CloudWatch } from './cloudwatch.ts';
import { ec2Gateway } from './ec2-gateway.ts';
import { ecsGateway } from './ecs-gateway.ts';
import { clustersOver, elastiCacheGateway } from './elasticache-gateway.ts';
import { elbv2Gateway } from './elbv2-gateway.ts';
import { iamGateway } from './iam-gateway.ts';
import { logsGateway } from './logs-gateway.ts';
import { parameterStore, patiently } from './parameter-store.ts';
import { parametersGateway } from './parameters-gateway.ts';
import { BoundedRetries, MAX_ATTEMPTS } from './retries.ts';
import { loadedOnUse, type Secrets } from './secrets.ts';
import { serverlessGateway } from './serverless-gateway.ts';
import { snapshotsGateway } from './snapshots-gateway.ts';
import { snsOnUse, type Sns } from './sns.ts';
import { ssmCommandsGateway } from './ssm-commands-gateway.ts';
import { ssmGateway } from './ssm-gateway.ts';
import { ssmSessionsGateway } from './ssm-sessions-gateway.ts';
import { ssmSecretsGateway } from './ssm-secrets-gateway.ts';
import { stsGateway } from './sts-gateway.ts';

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
    ...(credentials !== undefined && { credentials }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler,
    customUserAgent: [['elasticache-wizard', version]] satisfies [string, string][],
  };
  // Each client has its own strategy: the SDK keeps a budget of retries in it.
  const settings = (): typeof config & { retryStrategy: BoundedRetries } => ({
    ...config,
    retryStrategy: new BoundedRetries(options.retryDelay),
  });
  const sendElastiCache = sender('elasticache', () => new ElastiCacheClient(settings()), clock, calls);
  const elasticache = elastiCacheGateway(sendElastiCache, clock);
  const serverless = serverlessGateway(sendElastiCache, clock);
  const sendSsm = sender('ssm', () => new SSMClient(settings()), clock, calls);
  const parameters = parameterStore(sendSsm);
  const loadSecretsManager = async (): Promise<Secrets> => {
    const [{ SecretsManagerClient }, { secretsManagerGateway }] = await Promise.all([
      import('@aws-sdk/client-secrets-manager'),
      import('./secrets-manager-gateway.ts'),
    ]);
    const client = (): InstanceType<typeof SecretsManagerClient> => new SecretsManagerClient(settings());
    return secretsManagerGateway(sender('secretsmanager', client, clock, calls), clock);
  };
  const loadAutoScaling = async (): Promise<AutoScaling> => {
    const [{ AutoScalingClient }, { autoScalingGateway }] = await Promise.all([
      import('@aws-sdk/client-auto-scaling'),
      import('./auto-scaling-gateway.ts'),
    ]);
    const client = (): InstanceType<typeof AutoScalingClient> => new AutoScalingClient(settings());
    return autoScalingGateway(sender('autoscaling', client, clock, calls));
  };
  const loadCloudWatch = async (): Promise<CloudWatch> => {
    const [{ CloudWatchClient }, { cloudWatchGateway }] = await Promise.all([
      import('@aws-sdk/client-cloudwatch'),
      import('./cloudwatch-gateway.ts'),
    ]);
    const client = (): InstanceType<typeof CloudWatchClient> => new CloudWatchClient(settings());
    return cloudWatchGateway(sender('cloudwatch', client, clock, calls));
  };
  const loadSns = async (): Promise<Sns> => {
    const [{ SNSClient }, { snsGateway }] = await Promise.all([
      import('@aws-sdk/client-sns'),
      import('./sns-gateway.ts'),
    ]);
    const client = (): InstanceType<typeof SNSClient> => new SNSClient(settings());
    return snsGateway(sender('sns', client, clock, calls));
  };
  const gateways: Gateways = {
    sts: stsGateway(
      sender('sts', () => new STSClient(settings()), clock, calls),
      region,
    ),
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
    logs: logsGateway(sender('logs', () => new CloudWatchLogsClient(settings()), clock, calls)),
    iam: iamGateway(sender('iam', () => new IAMClient(settings()), clock, calls)),
    cloudwatch: cloudWatchOnUse(() => clock.busy(loadCloudWatch())),
    sns: snsOnUse(() => clock.busy(loadSns())),
    autoScaling: autoScalingOnUse(() => clock.busy(loadAutoScaling())),
    ssm: ssmGateway(parameters),
    parameters: parametersGateway(patiently(parameters, clock)),
    commands: ssmCommandsGateway(sendSsm),
    sessions: ssmSessionsGateway(sendSsm),
    secrets: {
      secretsmanager: loadedOnUse(() => clock.busy(loadSecretsManager())),
      ssm: ssmSecretsGateway(patiently(parameters, clock)),
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
