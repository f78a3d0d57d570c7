/** What is done with a plan that stands on the screen: it is applied, saved, left, or made anew from other answers. */
import { WizardError } from '../../errors.ts';
import type { Choice } from '../../inputs/asker.ts';
import { CATALOGUE, type InputName } from '../../inputs/catalogue.ts';
import { equivalentOf } from '../../inputs/equivalent-command.ts';
import type { Input } from '../../inputs/input.ts';
import { withAnswers, type Inputs } from '../../inputs/resolve.ts';
import { commandLines } from '../../output/command-lines.ts';
import { formatError } from '../../output/format-error.ts';
import { saveProject } from './saving.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';
import { answerIn, withoutAnswer } from '../wizard/asking-in-order.ts';
import { unlessBack } from '../wizard/choices.ts';
import type { Answers } from '../wizard/question.ts';
import { QUESTIONS } from '../wizard/questions.ts';

type Decision = 'apply' | 'change' | 'save' | 'show' | 'leave';

const APPLY: Choice = { value: 'apply', label: 'Apply it', short: 'apply it' };
const CHANGE: Choice = { value: 'change', label: 'Change an answer', short: 'change an answer' };
const SAVE: Choice = { value: 'save', label: 'Save it as a config file', short: 'save it' };
const SHOW: Choice = {
  value: 'show',
  label: 'Show the command that does the same',
  short: 'show the command',
};
const LEAVE: Choice = { value: 'leave', label: 'Leave: nothing has been changed', short: 'leave' };

/** The answers but one, which is to be asked again; or the plan may be applied. Throws where it is left. */
export async function review(
  project: Project,
  answers: Answers,
  session: Session,
): Promise<Answers | 'approved'> {
  for (;;) {
    // Enter by accident applies nothing.
    const chosen = await session.asker.pick('This plan:', [APPLY, CHANGE, SAVE, SHOW, LEAVE], 'change');
    const decision = chosen as Decision;
    if (decision === 'apply') return 'approved';
    if (decision === 'leave') throw new WizardError('Declined', 'Left; nothing was changed');
    if (decision === 'save') await save(project, answers.inputs, session);
    if (decision === 'show') showCommand(project, answers.inputs, session);
    const changed = decision === 'change' ? await chooseAgain(answers, session) : undefined;
    if (changed) return changed;
  }
}

/** What could not be planned is told, and left or mended. */
export async function complain(error: WizardError, answers: Answers, session: Session): Promise<Answers> {
  const { asker, output } = session;
  const { code, remedy } = error;
  output.say(formatError(error, output.paint, false, output.columns()));
  const choices = [
    ...(remedy ? [{ value: 'mend', label: remedy.what, short: 'mend it' }] : []),
    CHANGE,
    LEAVE,
  ];
  for (;;) {
    const chosen = await asker.pick('What now?', choices);
    if (chosen === 'leave') throw new WizardError(code, 'Left without a plan; nothing was changed');
    if (remedy && chosen === 'mend') {
      return { ...answers, inputs: withAnswers(answers.inputs, { [remedy.input]: true }) };
    }
    const changed = await chooseAgain(answers, session);
    if (changed) return changed;
  }
}

/** Undefined: none after all. */
async function chooseAgain(answers: Answers, { asker }: Session): Promise<Answers | undefined> {
  const choices = QUESTIONS.flatMap((question) => {
    const said = answerIn(question, answers.inputs);
    const isAsked = answers.settled.has(question.name);
    return isAsked ? [answerChoice(question.name, said ?? 'as it is by default')] : [];
  });
  const name = await unlessBack(asker.returning().pick('Which answer?', choices));
  const question = QUESTIONS.find((each) => each.name === name);
  return question && withoutAnswer(question, answers);
}

function answerChoice(name: InputName, said: string): Choice {
  const { question = name }: Input<unknown> = CATALOGUE[name];
  return { value: name, label: `${question} ${said}`, short: question };
}

async function save(project: Project, answered: Inputs, session: Session): Promise<void> {
  const typed = session.asker.returning().type('save', { suggestion: 'elasticache.yaml' });
  const path = await unlessBack(typed);
  if (path === undefined) return;
  try {
    await saveProject(project, answered, session, path);
  } catch (error) {
    if (!(error instanceof WizardError) || error.code !== 'InvalidInput') throw error;
    const { output } = session;
    output.say(formatError(error, output.paint, false, output.columns()));
  }
}

/** To be copied: it has no colour and begins at the edge of the window. */
function showCommand({ identity }: Project, answered: Inputs, { output }: Session): void {
  const command = equivalentOf(answered, identity.region);
  output.say(commandLines(command, output.columns() ?? Infinity));
}
