/** Who is told when a cache is in trouble. */
import { input } from './input.ts';
import { pattern, toggle } from './schemas.ts';

const group = 'monitoring';
const commands = ['setup', 'plan', 'alarms'] as const;

export const alarmInputs = {
  monitoring: input({
    shape: 'switch',
    schema: toggle,
    default: false,
    help: 'CloudWatch alarms on every node, shard and serverless cache; the command alarms makes them unasked, and with --no-monitoring removes them',
    group,
    commands,
  }),
  snsTopic: input({
    shape: 'value',
    placeholder: '<arn>',
    schema: pattern(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      'must be the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:111122223333:ops',
    ),
    help: 'the SNS topic that the alarms tell; used as it is (default: one is made)',
    group,
    commands,
  }),
  alarmEmail: input({
    shape: 'value',
    placeholder: '<address>',
    schema: pattern(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address, such as ops@example.com'),
    help: 'who is told by the topic that is made; AWS asks there for a confirmation first',
    group,
    commands,
    question: 'Who is told by e-mail when the cache is in trouble?',
    later: 'can be changed later; AWS asks there for a confirmation',
  }),
  metrics: input({
    shape: 'on',
    schema: toggle,
    default: false,
    help: 'the last hour of every node and serverless cache as small bars, with what would set off an alarm',
    group: 'operation',
    commands: ['status'],
  }),
};
