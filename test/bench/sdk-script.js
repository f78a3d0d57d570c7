/**
 * What somebody would write instead: the clients of node_modules, and the very calls that a command makes (as JSON in the
 * file that is named), all at the same time. What is sent is what the command sent; this only signs, sends and reads.
 */
import { readFileSync } from 'node:fs';

const CLIENTS = {
  autoscaling: ['@aws-sdk/client-auto-scaling', 'AutoScalingClient'],
  ec2: ['@aws-sdk/client-ec2', 'EC2Client'],
  ecs: ['@aws-sdk/client-ecs', 'ECSClient'],
  elasticache: ['@aws-sdk/client-elasticache', 'ElastiCacheClient'],
  elasticloadbalancing: ['@aws-sdk/client-elastic-load-balancing-v2', 'ElasticLoadBalancingV2Client'],
  iam: ['@aws-sdk/client-iam', 'IAMClient'],
  logs: ['@aws-sdk/client-cloudwatch-logs', 'CloudWatchLogsClient'],
  monitoring: ['@aws-sdk/client-cloudwatch', 'CloudWatchClient'],
  secretsmanager: ['@aws-sdk/client-secrets-manager', 'SecretsManagerClient'],
  sns: ['@aws-sdk/client-sns', 'SNSClient'],
  ssm: ['@aws-sdk/client-ssm', 'SSMClient'],
  sts: ['@aws-sdk/client-sts', 'STSClient'],
};

const calls = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const services = new Map();
for (const service of new Set(calls.map((call) => call.service))) {
  const [packageName, clientName] = CLIENTS[service];
  const sdk = await import(packageName);
  services.set(service, { sdk, client: new sdk[clientName]({}) });
}

async function repeat({ service, action, body }) {
  const { sdk, client } = services.get(service);
  const command = new sdk[`${action}Command`]({});
  command.middlewareStack.add(
    (next) => (args) => {
      args.request.body = body;
      args.request.headers['content-length'] = String(Buffer.byteLength(body));
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  // What is not there is an answer too.
  await client.send(command).catch((error) => {
    if (!error.$metadata?.httpStatusCode) throw error;
  });
}

await Promise.all(calls.map(repeat));
