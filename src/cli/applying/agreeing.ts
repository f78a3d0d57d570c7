/** Questions, a plan, and somebody's word: on a terminal round after round, until the plan is approved or left. */
import { isConverged, type Plan } from '../../engine/plan.ts';
import { WizardError, type ErrorCode } from '../../errors.ts';
import { equivalentOf } from '../../inputs/equivalent-command.ts';
import { withAnswer, type Inputs } from '../../inputs/resolve.ts';
import { asWizardError } from '../../output/format-error.ts';
import { requireApproval } from './approval.ts';
import { examinePermissions } from './permissions.ts';
import { planProject } from './planning.ts';
import { requireSavable, saveProject } from './saving.ts';
import { openAccount } from '../opening/account.ts';
import { openProject, type Project, type Round } from '../opening/project.ts';
import { unanswered } from '../opening/questions.ts';
import type { Session } from '../session.ts';
import { accountReads } from '../wizard/account-reads.ts';
import { unlessBack } from '../wizard/choices.ts';
import type { Answers } from '../wizard/question.ts';

export interface Agreed {
  readonly project: Project;
  readonly plan: Plan;
  /** With all that was answered, the approval too. */
  readonly session: Session;
}

/** Throws where nothing can be agreed on, or the plan is declined. Where nothing is to change there is nothing to approve. */
export async function agree(session: Session): Promise<Agreed> {
  // What a file says is changed in the file.
  if (session.asker.interactive && !session.configured) return agreeInRounds(session);
  const proposal = await propose(session);
  if (!isConverged(proposal.plan)) await requireApproval(session);
  return agreedOn(proposal, session, session.inputs);
}

async function agreeInRounds(session: Session): Promise<Agreed> {
  const { complain, review } = await import('./review.ts');
  const { askEverything } = await import('../wizard/questions.ts');
  const account = await openAccount(session, true);
  let answers: Answers = unanswered(session.inputs);
  /** Before one of them was taken back: Esc at its question leads to them. */
  let before: Answers | undefined;
  for (;;) {
    session.record.forgetPlan();
    const reads = accountReads(account.aws, account.identity, session);
    const asker = before ? session.asker.returning() : session.asker;
    answers = (await unlessBack(askEverything(answers, asker, reads))) ?? before ?? answers;
    before = answers;
    const proposal = await propose(session, { account, answers }).catch(mendable);
    if (proposal instanceof WizardError) {
      answers = await complain(proposal, answers, session);
      continue;
    }
    const needsNobody = isConverged(proposal.plan) || session.inputs.yes.value;
    const said = needsNobody ? 'approved' : await review(proposal.project, answers, session);
    if (said === 'approved') {
      // Nobody need answer all of it again.
      session.record.goOn = equivalentOf(answers.inputs, account.identity.region);
      return agreedOn(proposal, session, answers.inputs);
    }
    answers = said;
  }
}

type Proposal = Pick<Agreed, 'project' | 'plan'>;

async function propose(session: Session, round?: Round): Promise<Proposal> {
  // While it can be answered otherwise.
  if (round) await requireSavable({ ...session, inputs: round.answers.inputs });
  const project = await openProject(session, true, round);
  const plan = await planProject(project, session, round?.answers.inputs);
  return { plan, project: isConverged(plan) ? project : await examinePermissions(project, plan, session) };
}

async function agreedOn(proposal: Proposal, session: Session, inputs: Inputs): Promise<Agreed> {
  await saveProject(proposal.project, inputs, session);
  return { ...proposal, session: { ...session, inputs: withAnswer(inputs, 'yes', true) } };
}

/** Another answer may make another plan. */
const MENDABLE: readonly ErrorCode[] = ['InvalidInput', 'NotFound', 'Blocked', 'NotOurs', 'QuotaExceeded'];

function mendable(caught: unknown): WizardError {
  const error = asWizardError(caught);
  if (MENDABLE.includes(error.code)) return error;
  throw error;
}
