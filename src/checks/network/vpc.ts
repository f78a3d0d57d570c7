/** Are the app and the cache in networks between which packets can go at all? */
import type { CheckResult } from '../../domain/check.ts';
import { commandText } from '../../domain/shell-word.ts';
import { between, type NetworkContext, type Path } from './between.ts';
import type { Check } from '../check.ts';
import { fail, pass, question, together } from '../question.ts';
import { askPeering } from './vpc-peering.ts';

export function vpc(context: NetworkContext): Check {
  const { vpcId, dnsSupport } = context.app.network;
  const caches = between('vpc', context, (path: Path): Promise<CheckResult> => {
    if (path.network.vpcId !== vpcId) return askPeering(path, context);
    return Promise.resolve(pass(`${path.name} and the app are both in ${vpcId}`));
  });
  return question('vpc', async (signal) => {
    const asked = await caches.run(signal);
    return dnsSupport ? asked : together([noNames(context), asked]);
  });
}

/** VPC User Guide, "DNS attributes for your VPC". */
function noNames({ app, where }: NetworkContext): CheckResult {
  const { vpcId } = app.network;
  const words = ['aws', 'ec2', 'modify-vpc-attribute', '--vpc-id', vpcId];
  return fail(
    `DNS resolution is switched off in ${vpcId}`,
    'Switch it on, unless a DNS server of your own answers there.',
    {
      means:
        'The cache’s name does not resolve (ENOTFOUND, EAI_AGAIN), and new tasks cannot pull their image',
      fix: commandText([...words, '--enable-dns-support', 'Value=true', ...where]),
    },
  );
}
