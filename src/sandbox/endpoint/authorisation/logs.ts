/**
 * CloudWatch Logs (Service Authorization Reference). A log group is judged as `log-group:<name>:log-stream:<stream>`,
 * so that a policy for its events must end in `:*`; its tags are judged on the group's own ARN.
 */
import { made, on, tagged } from './permission.ts';
import type { Needs, PermissionRules, Place } from './permission.ts';

interface Input {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamName?: string;
  readonly logGroupNamePrefix?: string;
}

export function logsPermissions({ region, accountId }: Place): PermissionRules {
  const group = (input: Input, stream = ''): string => {
    const name = (input.logGroupName ?? input.logGroupIdentifier ?? '').replace(/^arn:.*:log-group:/, '');
    return `arn:aws:logs:${region}:${accountId}:log-group:${name}:log-stream:${stream}`;
  };
  const ofGroup = (input: Input): Needs => on(group(input));
  const ofStream = (input: Input): Needs => on(group(input, input.logStreamName));
  const tagging = ({ resourceArn = '' }: { resourceArn?: string }): Needs => on(tagged(resourceArn));
  return {
    CreateLogGroup: (input: Input) => on(made(group(input))),
    DeleteLogGroup: ofGroup,
    DescribeLogGroups: ({ logGroupNamePrefix = '' }: Input) =>
      on(group({ logGroupName: logGroupNamePrefix })),
    PutRetentionPolicy: ofGroup,
    CreateLogStream: ofGroup,
    DescribeLogStreams: ofGroup,
    FilterLogEvents: ofGroup,
    PutLogEvents: ofStream,
    GetLogEvents: ofStream,
    TagResource: tagging,
    ListTagsForResource: tagging,
  };
}
