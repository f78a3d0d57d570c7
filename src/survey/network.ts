/** The network that an app is in, whatever it runs on. */
import type { Aws } from '../aws/aws.ts';
import type { AppNetwork } from '../domain/app.ts';
import { WizardError } from '../errors.ts';
import type { Placement } from './placement.ts';
import { readUsableSubnets } from './usable-subnets.ts';

/** `app`: its name, for the sentence that says what is wrong. */
export async function readNetwork(
  aws: Aws,
  { vpcId, subnetIds, interfaces }: Placement,
  app: string,
): Promise<AppNetwork> {
  const [vpc, subnets] = await Promise.all([aws.ec2.readVpc(vpcId), readUsableSubnets(aws, vpcId)]);
  if (!vpc) throw new WizardError('NotFound', `Reading the network of ${app}: the VPC ${vpcId} is gone`);
  return {
    vpcId,
    subnetIds,
    securityGroupIds: [...new Set(interfaces.flat())],
    interfaces,
    ...subnets,
    dnsSupport: vpc.dnsSupport,
  };
}
