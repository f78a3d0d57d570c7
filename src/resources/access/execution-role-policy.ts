/** The right to read our secrets, added to an execution role of theirs where that was asked for: one policy of ours. */
import type { Aws } from '../../aws/aws.ts';
import { nameOf } from '../../domain/arn.ts';
import type { Statement } from '../../domain/iam/document.ts';
import { rolePolicyName, secretAccesses, statementFor } from '../../domain/iam/secret-access.ts';
import type { Ref } from '../../domain/outputs.ts';
import { secretArn, type SecretVariable } from '../../domain/secrets.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { leaveAnchorTag } from '../ownership/anchor.ts';

export interface RoleInNeed {
  readonly roleArn: string;
  /** All that its containers are handed. */
  readonly variables: readonly SecretVariable[];
  /** An ARN in the region and account of the secrets: a role's own has no region. */
  readonly place: string;
  /** The name of the anchor. */
  readonly anchor: string;
}

/** IAM user guide, "Troubleshooting": changes are eventually consistent, and mostly seen within seconds. */
const SETTLES_MS = 15_000;

/** As somebody may have changed it. */
interface Present {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

/** What the policy allows already stays: services that are not of this run may have the same role. */
export function documentWith(statements: readonly Statement[], present: string | undefined): string {
  const now = present === undefined ? [] : statementsOf(present);
  const isSame = (one: Statement, other: Present): boolean =>
    one.Effect === other.Effect && [one.Action].flat().join() === [other.Action].flat().join();
  const widened = now.map((each) => {
    const own = statements.find((statement) => isSame(statement, each));
    if (!own) return each;
    return { ...each, Resource: [...new Set([each.Resource ?? [], own.Resource].flat())] };
  });
  const added = statements.filter((statement) => !now.some((each) => isSame(statement, each)));
  return JSON.stringify({ Version: '2012-10-17', Statement: [...widened, ...added] });
}

function statementsOf(document: string): Present[] {
  const { Statement: found } = JSON.parse(document) as { Statement: Present | Present[] };
  return [found].flat();
}

export function executionRolePolicy(
  { roleArn, variables, place, anchor }: RoleInNeed,
  /** Each leaves a numbered tag on the anchor, so that they come one after another. */
  before: readonly Ref[],
  settings: Settings,
  { ec2, iam }: Pick<Aws, 'ec2' | 'iam'>,
): Resource<'executionRolePolicy'> {
  const roleName = nameOf(roleArn);
  const policyName = rolePolicyName(settings.project);
  const accesses = secretAccesses(variables);
  const statements = accesses.map((access) => statementFor(access, place));
  const outputs = { roleArn };

  /** Another policy may give the right already. Where IAM cannot be asked, ours is added as it was wished. */
  async function mayRead(): Promise<boolean> {
    try {
      const answers = await Promise.all(
        accesses.map(({ store, action, names }) =>
          iam.simulate(roleArn, {
            actions: [action],
            resources: names.map((name) => secretArn(place, store, name)),
            context: {},
          }),
        ),
      );
      return answers.flat().every(({ decision }) => decision === 'allowed');
    } catch (error) {
      if (error instanceof WizardError) return false;
      throw error;
    }
  }

  return {
    kind: 'executionRolePolicy',
    name: roleName,
    needs: [{ kind: 'securityGroup', name: anchor }, ...before],

    async plan() {
      const present = await iam.readRolePolicy(roleName, policyName);
      const document = documentWith(statements, present);
      if (present === document || (await mayRead())) return { action: 'none', outputs };
      const action = present === undefined ? 'create' : 'update';
      return { action, details: [{ field: `inline policy ${policyName}`, to: document }] };
    },

    async reconcile(known, step) {
      await leaveAnchorTag(ec2, known.need('securityGroup', anchor).groupId, 'execution-role', roleArn);
      const document = documentWith(statements, await iam.readRolePolicy(roleName, policyName));
      await iam.putRolePolicy(roleName, policyName, document);
      const since = step.now();
      return step.wait({
        what: `the policy ${policyName} to take effect`,
        everyMs: 5_000,
        timeoutMs: 60_000,
        probe: () =>
          Promise.resolve(
            step.now() - since < SETTLES_MS
              ? { state: 'pending', detail: 'IAM passes it on' }
              : { state: 'ready', value: outputs },
          ),
      });
    },
  };
}
