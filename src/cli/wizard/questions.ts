/** All questions of setup and plan, in the order in which somebody thinks of them. */
import { APP_QUESTIONS, restart } from './app-questions.ts';
import { appVariables } from './app-variables-question.ts';
import { CACHE_QUESTIONS, cacheName } from './cache-questions.ts';
import type { Asker } from '../../inputs/asker.ts';
import type { AccountReads } from './account-reads.ts';
import { askInOrder } from './asking-in-order.ts';
import type { Answers, Question } from './question.ts';
import { REFRESH_QUESTIONS } from './refresh-questions.ts';
import { stickiness } from './stickiness-question.ts';

export const QUESTIONS: readonly Question[] = [
  ...APP_QUESTIONS,
  ...CACHE_QUESTIONS,
  appVariables,
  restart,
  ...REFRESH_QUESTIONS,
  stickiness,
];

/** Whoever has approved the plan before seeing it is asked nothing that has a default. */
const REQUIRED: readonly Question[] = [...APP_QUESTIONS, cacheName];

export function askEverything(answers: Answers, asker: Asker, reads: AccountReads): Promise<Answers> {
  return askInOrder(answers.inputs.yes.value ? REQUIRED : QUESTIONS, answers, asker, reads);
}

export function askApp(answers: Answers, asker: Asker, reads: AccountReads): Promise<Answers> {
  return askInOrder(APP_QUESTIONS, answers, asker, reads);
}
