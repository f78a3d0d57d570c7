/** What nobody gave is asked, where there is somebody to answer. The questions are loaded only there. */
import type { Asker } from '../../inputs/asker.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { requireSome } from '../wizard/choices.ts';
import type { AccountReads } from '../wizard/account-reads.ts';
import type { Answers } from '../wizard/question.ts';

export function unanswered(inputs: Inputs): Answers {
  return { inputs, settled: new Set() };
}

/** Which app. */
export async function answerApp(answers: Answers, asker: Asker, reads: AccountReads): Promise<Answers> {
  if (!asker.interactive) return answers;
  const { askApp } = await import('../wizard/questions.ts');
  return askApp(answers, asker, reads);
}

/** All that setup and plan take. */
export async function answerEverything(
  answers: Answers,
  asker: Asker,
  reads: AccountReads,
): Promise<Answers> {
  if (!asker.interactive) return answers;
  const { askEverything } = await import('../wizard/questions.ts');
  return askEverything(answers, asker, reads);
}

export function askProject(projects: readonly string[], asker: Asker): Promise<string> {
  requireSome(projects, 'no project in this account and region');
  return asker.choose(
    'project',
    projects.map((value) => ({ value })),
  );
}
