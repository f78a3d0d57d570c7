/** What every command begins with: the account that it works in, and who asks there. */
import type { Aws } from '../../aws/aws.ts';
import type { Identity } from '../../domain/app.ts';
import { WizardError } from '../../errors.ts';
import type { InputName } from '../../inputs/catalogue.ts';
import type { ProjectInputs } from '../../inputs/project-inputs.ts';
import { withAnswers, type Inputs } from '../../inputs/resolve.ts';
import { checkRules } from '../../inputs/rules.ts';
import { requireInputs } from '../../inputs/strict-asker.ts';
import type { Session } from '../session.ts';

export interface Account {
  readonly aws: Aws;
  readonly identity: Identity;
}

/** Everything that can be said to be wrong without AWS is said first; then who asks is shown, before any question. */
export async function openAccount(
  session: Session,
  writes = false,
  known: readonly InputName[] = [],
): Promise<Account> {
  const { asker, command, inputs } = session;
  checkRules(command, withoutHalfAnswers(session));
  if (!asker.interactive) requireInputs(command, session, writes, known);
  const aws = await session.connect({
    region: inputs.region?.value,
    profile: inputs.profile?.value,
    endpointUrl: inputs.endpointUrl?.value,
    clock: session.clock,
  });
  session.record.aws = aws;
  const identity = await aws.sts.readIdentity();
  const profile = inputs.profile?.value ?? session.env.AWS_PROFILE;
  session.emit({ type: 'identity.read', identity, ...(profile ? { profile } : {}) });
  requireAccount(identity, inputs);
  return { aws, identity };
}

/** Where a path is to be refreshed and nobody says what of it counts, the wizard asks. */
function withoutHalfAnswers({ command, asker, inputs, configured }: Session): ProjectInputs {
  const asks =
    asker.interactive && !configured && !inputs.yes.value && (command === 'setup' || command === 'plan');
  const isHalf = asks && inputs.refreshPath !== undefined && inputs.refreshValue === undefined;
  const said = isHalf ? withAnswers(inputs, { refreshPath: undefined }) : inputs;
  return configured ? { inputs: said, configured } : { inputs: said };
}

function requireAccount({ account }: Identity, inputs: Inputs): void {
  const wanted = inputs.account;
  if (!wanted || wanted.value === account) return;
  throw new WizardError(
    'Blocked',
    `--account ${wanted.value} is wanted, and the credentials are of ${account}`,
    {
      hint: 'Use the credentials of that account (--profile, AWS_PROFILE), or leave --account out.',
    },
  );
}
