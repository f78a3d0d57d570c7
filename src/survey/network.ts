/** The network that an app is in, whatever it runs on. */
import type { Aws } from '../aws/aws.ts';
import type { AppNetwork } from '../domain/app.ts';
import { WizardError } from '../errors.ts';
import { letsOut, restrictedGroups } from './egress.ts';
import type { Placement } from './placement.ts';
import { readUsableSubnets } from './usable-subnets.ts';

/** `app`: its name, for the sentence that says what is wrong. */
export async function readNetwork(
  aws: Aws,
  { vpcId, subnetIds, interfaces }: Placement,
  cachePort: number,
  app: string,
): Promise<AppNetwork> {
  const securityGroupIds = [...new Set(interfaces.flat())];
  const [vpc, groups, subnets] = await Promise.all([
    aws.ec2.readVpc(vpcId),
    aws.ec2.describeSecurityGroups({ groupIds: securityGroupIds }),
    readUsableSubnets(aws, vpcId),
  ]);
  if (!vpc) throw new WizardError('NotFound', `Reading the network of ${app}: the VPC ${vpcId} is gone`);
  const restricted = restrictedGroups(interfaces, groups, (group) =>
    letsOut(group, cachePort, vpc.cidrBlocks, []),
  );
  return {
    vpcId,
    subnetIds,
    securityGroupIds,
    restrictedEgress: restricted.map(({ groupId, groupName }) => ({ groupId, groupName })),
    ...subnets,
    dnsSupport: vpc.dnsSupport,
  };
}
