/** Whether a role may do one thing with several resources: the worst of what IAM says of each. */
import type { Iam, Simulated } from '../aws/iam.ts';

export async function worstDecision(
  iam: Pick<Iam, 'simulate'>,
  roleArn: string,
  action: string,
  resources: readonly string[],
): Promise<Simulated['decision']> {
  const answers = await iam.simulate(roleArn, { actions: [action], resources, context: {} });
  const decisions = answers.map(({ decision }) => decision);
  return (['forbidden', 'denied', 'perhaps'] as const).find((each) => decisions.includes(each)) ?? 'allowed';
}
