/** Can ECS hand the app's containers the secrets that their definitions refer to? A task that lacks one does not start. */
import type { FoundSecret } from '../../aws/secrets.ts';
import { nameOf } from '../../domain/arn.ts';
import type { CheckResult } from '../../domain/check.ts';
import type { Statement } from '../../domain/iam/document.ts';
import { READING } from '../../domain/iam/secret-access.ts';
import { secretReferences, type SecretReference } from '../../domain/secret-reference.ts';
import { isSecretOf, STORE_NAMES } from '../../domain/secrets.ts';
import { commandText } from '../../domain/shell-word.ts';
import { worstDecision } from '../../survey/role-decision.ts';
import { readWaysOut } from '../../survey/ways-out.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { fail, inconclusive, pass, question, skip, together, unseen } from '../question.ts';
import { mending } from '../setup-command.ts';

const MEANS = 'The next task does not start: ResourceInitializationError';

interface Reading {
  readonly action: string;
  readonly resources: readonly string[];
}

export function secrets(
  context: Pick<CheckContext, 'aws' | 'app' | 'consumer' | 'settings' | 'where' | 'wasSurveyed'>,
): Check {
  const { aws, app, consumer, settings, where } = context;
  const { document } = app.taskDefinition;
  const { serviceArn, serviceName } = app.service;

  async function askSecret(reference: SecretReference): Promise<CheckResult | FoundSecret> {
    const { store, id, arn, region, variables } = reference;
    const what = `${variables.join(', ')} is kept in ${STORE_NAMES[store]} as ${id}`;
    if (region !== serviceArn.split(':')[3])
      return inconclusive(`${what}, in another region, which is not looked at`, 'Look there: --region.');
    const found = await aws.secrets[store].find(id);
    if (!found) {
      const isOurs = isSecretOf(settings.project, arn);
      return fail(`${what}, which is not there`, 'Make it, or refer to the one that is there.', {
        means: MEANS,
        ...(isOurs ? await mending(context) : {}),
      });
    }
    if (!found.deleted) return found;
    const restore = ['aws', 'secretsmanager', 'restore-secret', '--secret-id', id, ...where];
    return fail(`${what}, which was deleted and can still be restored`, 'Restore it.', {
      means: MEANS,
      fix: commandText(restore),
    });
  }

  /** Of the role that starts the tasks, not of the one that they run as. */
  async function askRole(roleArn: string, readings: readonly Reading[]): Promise<CheckResult> {
    const role = nameOf(roleArn);
    if ((await aws.iam.readRoleArn(role)) === undefined) {
      return fail(
        `there is no execution role ${role}`,
        'Make it, or name the one that is there in the task definition.',
        { means: 'No new task starts' },
      );
    }
    const decided = await Promise.all(
      readings.map(async ({ action, resources }) => ({
        action,
        decision: await worstDecision(aws.iam, roleArn, action, resources),
      })),
    );
    const denied = decided.filter(({ decision }) => decision === 'denied' || decision === 'forbidden');
    const actions = denied.map(({ action }) => action).join(', ');
    if (decided.some(({ decision }) => decision === 'forbidden')) {
      return fail(
        `a policy denies the execution role ${role} explicitly: ${actions}`,
        'Take that statement away: no other can allow it.',
        { means: MEANS },
      );
    }
    if (denied.length > 0) return lacking(role, actions, readings);
    if (decided.some(({ decision }) => decision === 'perhaps')) {
      return inconclusive(
        `whether the execution role ${role} can read them hangs on conditions that only the real request meets`,
        'Start a task: aws ecs update-service --force-new-deployment.',
      );
    }
    return pass(`the execution role ${role} may read them`);
  }

  /** All that it must read stands in the policy, not just what it lacks: one of that name is overwritten. */
  function lacking(role: string, actions: string, readings: readonly Reading[]): CheckResult {
    const Statement = readings.map(({ action, resources }): Statement => ({
      Effect: 'Allow',
      Action: [action],
      Resource: [...resources],
    }));
    const policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const name = `read-secrets-of-${serviceName}`.slice(0, 128);
    const words = ['aws', 'iam', 'put-role-policy', '--role-name', role, '--policy-name', name];
    return fail(
      `the execution role ${role} may not read the secrets of ${consumer.name}: it lacks ${actions}`,
      `Add this to a policy of it: ${Statement.map((each) => JSON.stringify(each)).join(', ')}`,
      { means: MEANS, fix: commandText([...words, '--policy-document', policy, ...where]) },
    );
  }

  async function askNetwork(references: readonly SecretReference[]): Promise<CheckResult[]> {
    const { shut, endpoints } = await readWaysOut(aws.ec2, app);
    if (shut.length === 0) return [];
    const stores = [...new Set(references.map(({ store }) => store))];
    return stores
      .filter((store) => !endpoints.some((service) => service.endsWith(`.${store}`)))
      .map((store) =>
        fail(
          `${shut.join(', ')} have no way out of ${app.network.vpcId}, which has no interface endpoint for ${store}: tasks there cannot read their secrets from ${STORE_NAMES[store]}`,
          `Give the VPC an interface endpoint for ${store}, or the subnets a NAT gateway (or the tasks public addresses, where there is an internet gateway).`,
          { means: MEANS },
        ),
      );
  }

  return question('secrets', async () => {
    if (context.wasSurveyed === true) return skip('asked before the first write');
    const containers = [app.container, ...consumer.variables.flatMap(({ container }) => container ?? [])];
    const references = secretReferences(document, containers, serviceArn);
    if (references.length === 0) return skip('the containers are handed no secrets');
    const { executionRoleArn: roleArn } = document;
    if (typeof roleArn !== 'string') {
      return fail(
        'the running revision has no execution role, which alone reads secrets',
        'Name one in the task definition.',
        { means: MEANS },
      );
    }
    const answers = await Promise.all(references.map((reference) => askSecret(reference).catch(unseen)));
    const readable = references.flatMap((reference, index) => {
      const found = answers[index];
      return found && !('outcome' in found) ? [{ reference, found }] : [];
    });
    const [role, network] = await Promise.all([
      readable.length > 0 ? askRole(roleArn, readingsOf(readable)).catch(unseen) : undefined,
      askNetwork(references).catch((error: unknown) => [unseen(error)]),
    ]);
    const wrong = answers.flatMap((answer) => ('outcome' in answer ? [answer] : []));
    const there = readable.length === 0 ? [] : [pass(`${readable.length} of ${references.length} are there`)];
    return together([...wrong, ...there, ...(role ? [role] : []), ...network]);
  });
}

function readingsOf(readable: readonly { reference: SecretReference; found: FoundSecret }[]): Reading[] {
  const stores = [...new Set(readable.map(({ reference }) => reference.store))];
  const keys = readable.flatMap(({ found: { kmsKeyId } }) => kmsKeyId ?? []);
  // AWS's own key is every role's to use through the store.
  const own = [...new Set(keys.filter((key) => key.startsWith('arn:')))];
  return [
    ...stores.map((store) => ({
      action: READING[store],
      resources: readable.flatMap(({ reference }) => (reference.store === store ? [reference.arn] : [])),
    })),
    ...(own.length > 0 ? [{ action: 'kms:Decrypt', resources: own }] : []),
  ];
}
