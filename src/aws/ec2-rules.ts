/** Rules of a security group, taken away and put back as they were, behind their part of EC2's interface. */
import {
  AuthorizeSecurityGroupIngressCommand,
  DeleteTagsCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { EC2ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-ec2';
import { ruleText } from '../domain/rule-drift.ts';
import type { Send } from './api.ts';
import { fromPermission } from './ec2-shapes.ts';
import type { Ec2 } from './ec2.ts';
import { valueOn } from './expected.ts';

type SendEc2 = Send<ServiceInputTypes, ServiceOutputTypes, EC2ClientResolvedConfig>;

export function ruleCalls(send: SendEc2): Pick<Ec2, 'revokeIngress' | 'restoreIngress' | 'deleteTags'> {
  return {
    revokeIngress: (GroupId, rule) =>
      valueOn('gone', ['rule not found'], async () => {
        // What tells a rule from another is not its description.
        const { protocol, fromPort, toPort, source } = rule;
        const IpPermissions = [fromPermission({ protocol, fromPort, toPort, source })];
        const command = new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions });
        await send(`Taking ${ruleText(rule)} out of ${GroupId}`, command);
        return 'revoked';
      }),

    restoreIngress: (GroupId, rule) =>
      valueOn('exists', ['rule exists'], async () => {
        const IpPermissions = [fromPermission(rule)];
        const command = new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions });
        await send(`Putting ${ruleText(rule)} back into ${GroupId}`, command);
        return 'restored';
      }),

    async deleteTags(resourceId, keys) {
      // Without keys EC2 deletes all of them (API reference, DeleteTags): those too by which the way back is found.
      if (keys.length === 0) return;
      const input = { Resources: [resourceId], Tags: keys.map((Key) => ({ Key })) };
      await send(`Taking tags off ${resourceId}`, new DeleteTagsCommand(input));
    },
  };
}
