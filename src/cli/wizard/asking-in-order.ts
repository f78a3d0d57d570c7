/** Questions one after another, and back again. What a flag has answered is shown, and not asked. */
import { maskPasswords } from '../../domain/connection.ts';
import { isGiven } from '../../domain/settings.ts';
import { WentBack, type Asker } from '../../inputs/asker.ts';
import type { InputName } from '../../inputs/catalogue.ts';
import { withAnswers, type Inputs } from '../../inputs/resolve.ts';
import type { AccountReads } from './account-reads.ts';
import type { Answers, Question } from './question.ts';

interface Place extends Answers {
  readonly at: number;
}

export async function askInOrder(
  questions: readonly Question[],
  answers: Answers,
  asker: Asker,
  reads: AccountReads,
): Promise<Answers> {
  const returning = asker.returning();
  /** Where somebody has answered: Esc leads to the last of them. */
  const trail: Place[] = [];
  let place: Place = { ...answers, at: 0 };
  for (;;) {
    const question = questions[place.at];
    if (!question) return place;
    try {
      const inputs = await askOne(question, place, trail.length > 0 ? returning : asker, reads);
      const isAsked = inputs !== place.inputs;
      if (isAsked) trail.push(place);
      const isSettled = isAsked || answerIn(question, inputs) !== undefined;
      const settled = isSettled ? new Set([...place.settled, question.name]) : place.settled;
      place = { inputs, settled, at: place.at + 1 };
    } catch (error) {
      const before = error instanceof WentBack ? trail.pop() : undefined;
      if (!before) throw error;
      place = before;
    }
  }
}

async function askOne(
  question: Question,
  { inputs, settled }: Answers,
  asker: Asker,
  reads: AccountReads,
): Promise<Inputs> {
  if (settled.has(question.name)) return inputs;
  const given = answerIn(question, inputs);
  if (given !== undefined) {
    asker.echo(question.name, given);
    return inputs;
  }
  const isOpen = (await question.isOpen?.(inputs, reads, asker)) ?? true;
  return isOpen ? question.ask(inputs, asker, reads) : inputs;
}

/** Undefined: nobody has given one. */
export function answerIn({ name, answers }: Question, inputs: Inputs): string | undefined {
  const values = answers.flatMap((each) => {
    const input = inputs[each];
    if (!input || !isGiven(input)) return [];
    if (each === name || typeof input.value !== 'boolean') return [spoken(input.value)];
    // `--serverless` answers how large it is to be, and its opposite does not.
    return input.value ? [each] : [];
  });
  return values.length > 0 ? values.join(', ') : undefined;
}

/** A command to restart an app may have a password in it. */
function spoken(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return maskPasswords(Array.isArray(value) ? value.join(', ') : `${value as string | number}`);
}

/** As if the question had never been answered, nor what only makes sense with that answer. */
export function withoutAnswer(
  { name, answers, voids = [] }: Question,
  { inputs, settled }: Answers,
): Answers {
  const names: readonly InputName[] = [...answers, ...voids];
  return {
    inputs: withAnswers(inputs, Object.fromEntries(names.map((each) => [each, undefined]))),
    settled: new Set([...settled].filter((each) => each !== name && !names.includes(each))),
  };
}
