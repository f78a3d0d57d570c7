/** How the symptom is seen: the path that is refreshed, and what of its answer is compared. */
import { appAddress } from '../../domain/app-address.ts';
import type { App } from '../../domain/app.ts';
import type { InstanceApp } from '../../domain/instance-app.ts';
import type { Candidate } from '../../checks/refresh/sight-candidates.ts';
import type { Asker, Choice } from '../../inputs/asker.ts';
import { withAnswers, type Answered, type Inputs } from '../../inputs/resolve.ts';
import { chooseOrAsk } from './choices.ts';
import type { Question } from './question.ts';

/** Of all values, the whole answer: what nobody would write as a path or an expression. */
const ANOTHER = '(another)';

const path: Question = {
  name: 'refreshPath',
  answers: ['refreshPath'],
  voids: ['refreshValue'],
  isOpen: (inputs) => inputs.verify.value,
  async ask(inputs, asker, reads) {
    const { app } = await reads.app(inputs, asker);
    const detail = `${WHICH} ${placeOf(app, inputs)}; Enter alone: no proof`;
    const typed = await asker.type('refreshPath', { optional: true, detail });
    return withAnswers(inputs, typed === '' ? {} : { refreshPath: typed });
  },
};

const WHICH = 'a path whose answer differs from refresh to refresh now, such as /api/count,';

function placeOf(app: App | InstanceApp, { appUrl }: Inputs): string {
  const found = appAddress(app);
  if (appUrl) return `at ${appUrl.value}`;
  if (found?.url === undefined) return 'of an address that nobody knows here: --app-url tells it';
  return `at ${found.url}${found.isInternal ? ', which is reached from inside its network alone' : ''}`;
}

const value: Question = {
  name: 'refreshValue',
  answers: ['refreshValue'],
  isOpen: (inputs) => inputs.verify.value && inputs.refreshPath !== undefined,
  async ask(inputs, asker, reads) {
    const sight = await reads.sight(inputs, asker);
    if (!sight.seen) return withAnswers(inputs, await typed(asker, sight.reason));
    const choices = [
      ...sight.candidates.map(candidateChoice),
      ...(sight.format === 'html' || sight.candidates.some(({ expression }) => expression === 'body')
        ? []
        : [{ value: 'body', label: 'body: the whole answer', short: 'body' }]),
      { value: ANOTHER, label: 'another path or expression', short: 'another' },
    ];
    if (choices.length === 1) return withAnswers(inputs, await typed(asker, NO_CANDIDATE));
    const chosen = await chooseOrAsk(
      () => asker.choose('refreshValue', choices),
      ANOTHER,
      () => typed(asker.returning()),
    );
    return withAnswers(inputs, typeof chosen === 'string' ? { refreshValue: chosen } : chosen);
  },
};

const NO_CANDIDATE =
  'a page for people: name what counts by a /regular expression/, such as /(\\d+) objects/';

async function typed(asker: Asker, detail?: string): Promise<Answered> {
  return { refreshValue: await asker.type('refreshValue', detail === undefined ? {} : { detail }) };
}

function candidateChoice({ expression, shown, differs }: Candidate): Choice {
  return {
    value: expression,
    label: `${expression}  now ${shown}${differs ? ', and another value a moment later' : ''}`,
    short: expression,
  };
}

export const REFRESH_QUESTIONS: readonly Question[] = [path, value];
