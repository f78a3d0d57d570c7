/** The refreshes before us, between the run that saw them and the ones that come later. */
import type { Ec2 } from '../../aws/ec2.ts';
import type { AppNetwork } from '../../domain/app.ts';
import { ownerOf } from '../../domain/ownership.ts';
import {
  REFRESH_TAG,
  remembered,
  type RefreshMemory,
  type RefreshQuestion,
} from '../../domain/refresh-memory.ts';
import type { ProofSettings, Settings } from '../../domain/settings.ts';
import type { RefreshBaseline } from './refresh-baseline.ts';

/** What is worth remembering of a baseline: how it was before us, seen clearly. */
export function memoryOf(
  baseline: RefreshBaseline | undefined,
  proof: ProofSettings,
): RefreshMemory | undefined {
  const question = questionOf(proof);
  if (!baseline || !question || baseline.verdict === 'not seen' || baseline.verdict === 'moving')
    return undefined;
  return baseline.wasOurs ? undefined : { verdict: baseline.verdict, ...question };
}

export async function readBaseline(
  ec2: Ec2,
  settings: Settings,
  app: { readonly network: Pick<AppNetwork, 'vpcId'> },
): Promise<RefreshBaseline | undefined> {
  const question = questionOf(settings.proof);
  if (!question) return undefined;
  for (const { securityGroupName: groupName } of settings.caches) {
    const [anchor] = await ec2.describeSecurityGroups({ vpcId: app.network.vpcId, groupName });
    if (!anchor || ownerOf(anchor.tags, settings.project, groupName) !== 'ours') continue;
    const memory = remembered(anchor.tags[REFRESH_TAG], question);
    if (memory) return { verdict: memory.verdict, shown: SHOWN[memory.verdict], wasOurs: false };
  }
  return undefined;
}

const SHOWN: Readonly<Record<RefreshMemory['verdict'], string>> = {
  split: 'each task showed its own, as setup saw',
  agreed: 'all the same, as setup saw',
};

function questionOf({ refreshPath: path, refreshValue: value }: ProofSettings): RefreshQuestion | undefined {
  return path === undefined || value === undefined ? undefined : { path, value };
}
