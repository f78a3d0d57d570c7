/** Whether ECS will be able to hand our secrets to the app's containers: asked before there is any. */
import type { Simulated } from '../aws/iam.ts';
import type { App } from '../domain/app.ts';
import { nameOf } from '../domain/arn.ts';
import type { Statement } from '../domain/iam/document.ts';
import { secretAccesses, statementFor, type SecretAccess } from '../domain/iam/secret-access.ts';
import { secretArn, secretVariablesOf, STORE_NAMES } from '../domain/secrets.ts';
import type { SecretStore } from '../domain/settings.ts';
import { WizardError } from '../errors.ts';
import type { Finding, Inspection, Situation } from './finding.ts';
import { worstDecision } from './role-decision.ts';
import { readWaysOut } from './ways-out.ts';

type Answer = 'allowed' | { readonly lacking: Statement; readonly decision: Simulated['decision'] };

export const secretAccess: Inspection = async (situation) => {
  const { app, settings, consumer } = situation;
  const { executionRoleArn: roleArn } = app.taskDefinition.document;
  const accesses = secretAccesses(secretVariablesOf(consumer, settings.caches, settings.project));
  // That it has no role at all is another finding.
  if (typeof roleArn !== 'string' || accesses.length === 0) return [];
  try {
    const answers = await Promise.all(accesses.map((access) => ask(access, roleArn, situation)));
    return answersToFindings(answers.flat(), roleArn, situation);
  } catch (error) {
    if (!(error instanceof WizardError)) throw error;
    return [
      {
        severity: 'warn',
        code: 'secret-access-not-checked',
        message: `Whether the execution role ${nameOf(roleArn)} can read the secrets of ${consumer.name} was not checked: ${error.message}`,
        hint: `It takes ${statementsText(accesses.map((access) => statementFor(access, app.service.serviceArn)))}.`,
      },
    ];
  }
};

/** With the key, where the customer has given a secret of ours one of their own. */
async function ask(access: SecretAccess, roleArn: string, { app, aws }: Situation): Promise<Answer[]> {
  const { store, action, names } = access;
  const place = app.service.serviceArn;
  const found = await Promise.all(names.map((name) => aws.secrets[store].describe(name)));
  const arns = names.map((name, index) => found[index]?.arn ?? secretArn(place, store, name));
  const keys = found.flatMap((each) => each?.kmsKeyId ?? []).filter((key) => key.startsWith('arn:'));
  return [
    await answerOf(roleArn, action, arns, statementFor(access, place), aws),
    ...(keys.length > 0
      ? [
          await answerOf(
            roleArn,
            'kms:Decrypt',
            keys,
            { Effect: 'Allow', Action: ['kms:Decrypt'], Resource: keys },
            aws,
          ),
        ]
      : []),
  ];
}

async function answerOf(
  roleArn: string,
  action: string,
  resources: readonly string[],
  lacking: Statement,
  { iam }: Situation['aws'],
): Promise<Answer> {
  const decision = await worstDecision(iam, roleArn, action, resources);
  return decision === 'allowed' ? decision : { lacking, decision };
}

function answersToFindings(answers: readonly Answer[], roleArn: string, { consumer }: Situation): Finding[] {
  const lacking = answers.filter((answer) => answer !== 'allowed');
  const denied = lacking.filter(({ decision }) => decision !== 'perhaps');
  const [first] = denied;
  const role = nameOf(roleArn);
  if (first) {
    const forbidden = denied.some(({ decision }) => decision === 'forbidden');
    // Our policy says nothing of keys, and no policy helps against one that denies.
    const mends = denied.every(({ lacking: { Action } }) => !Action.includes('kms:Decrypt')) && !forbidden;
    if (consumer.fixExecutionRole && mends) return [];
    const add = `Add this to a policy of it: ${statementsText(denied.map((each) => each.lacking))}`;
    return [
      {
        severity: 'block',
        code: 'secret-access-missing',
        message: `The execution role ${role} may not read the secrets that ${consumer.name} is to get, so that no task would start`,
        hint: forbidden
          ? 'A policy denies it explicitly, so that no statement allows it.'
          : `${add}${mends ? ', or have it added: --fix-execution-role' : ''}.`,
        ...(mends
          ? {
              remedy: {
                input: 'fixExecutionRole',
                what: `Add the right to the role ${role}, in a policy of our own`,
              },
            }
          : {}),
      },
    ];
  }
  if (lacking.length === 0) return [];
  return [
    {
      severity: 'warn',
      code: 'secret-access-uncertain',
      message: `Whether the execution role ${role} can read the secrets of ${consumer.name} hangs on conditions that only the real request meets`,
    },
  ];
}

function statementsText(statements: readonly Statement[]): string {
  return statements.map((statement) => JSON.stringify(statement)).join(', ');
}

/** ECS developer guide, "Pass Secrets Manager secrets": a JSON key takes platform version 1.4.0. */
export const platform: Inspection = ({ app, settings, consumer }) => {
  const version = app.service.platformVersion;
  const keyed = secretVariablesOf(consumer, settings.caches, settings.project).some(({ key }) => key);
  if (!keyed || version === undefined || !/^1\.[0-3]\./.test(version)) return [];
  return [
    {
      severity: 'block',
      code: 'platform-too-old',
      message: `${app.service.serviceName} runs on the Fargate platform ${version}, which takes no single key of a secret`,
      hint: 'Move it to the platform version LATEST and deploy it once, or keep the password in Parameter Store: --secrets ssm.',
    },
  ];
};

/** Tasks in subnets that lead nowhere reach a store through an endpoint in the VPC alone. */
export const endpoints: Inspection = async ({ app, aws, settings, consumer }) => {
  const variables = secretVariablesOf(consumer, settings.caches, settings.project);
  const stores = [...new Set(variables.map(({ store }) => store))];
  if (stores.length === 0) return [];
  const ways = await readWaysOut(aws.ec2, app);
  if (ways.shut.length === 0) return [];
  const missing = stores.filter((store) => !ways.endpoints.some((service) => service.endsWith(`.${store}`)));
  return missing.map((store) => endpointFinding(store, ways.shut, app));
};

function endpointFinding(store: SecretStore, subnetIds: readonly string[], { network }: App): Finding {
  return {
    severity: 'warn',
    code: 'no-way-to-secrets',
    message: `${subnetIds.join(', ')} lead to no NAT gateway, and ${network.vpcId} has no interface endpoint for ${store}: tasks there could not read their secrets from ${STORE_NAMES[store]}`,
    hint: `Give the VPC an interface endpoint for ${store}, or the subnets a way out.`,
  };
}
