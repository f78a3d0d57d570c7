/** Whether an app on instances can be handed its values, and be restarted with them. */
import type { Aws } from '../aws/aws.ts';
import type { Identity } from '../domain/app.ts';
import type { Ec2Consumer } from '../domain/consumer.ts';
import { unreachable } from '../domain/instance-choice.ts';
import { instancePlaceText } from '../domain/instance-place.ts';
import { LONGEST_TAG_VALUE } from '../domain/limits.ts';
import type { Ec2ConsumerSettings } from '../domain/settings.ts';
import { WizardError } from '../errors.ts';
import type { Finding } from './finding.ts';

/** Without an agent nobody restarts it; that nobody asks the cache from there is told by the probe. */
export function agents({ settings: { name, restartCommand }, app }: Ec2Consumer): Finding[] {
  const missing = unreachable(app.instances);
  if (missing === undefined || restartCommand === undefined) return [];
  return [
    {
      severity: 'block',
      code: 'agent-missing',
      message: `--restart-command cannot be sent to all instances of ${name} (${missing})`,
      hint: 'Install the SSM agent and give the instances a role with AmazonSSMManagedInstanceCore; or leave --restart-command out, and restart the app by hand.',
    },
  ];
}

export function longSelection(consumer: Ec2ConsumerSettings): Finding[] {
  const text = instancePlaceText(consumer);
  if (text.length <= LONGEST_TAG_VALUE) return [];
  return [
    {
      severity: 'block',
      code: 'tag-too-long',
      errorCode: 'InvalidInput',
      message: `What names the instances has ${text.length} characters with the place of their values, and the tag that keeps it as the way back takes ${LONGEST_TAG_VALUE}`,
      hint: 'Name them by their Name tag, their Auto Scaling group or their security group.',
    },
  ];
}

/** Systems Manager API reference, PutParameter: a value may not refer to other parameters. */
export function valueTexts({ variables, envFile }: Ec2ConsumerSettings): Finding[] {
  if (envFile !== undefined) return [];
  return variables
    .filter(({ cache, template }) => cache === undefined && template.includes('{{'))
    .map(({ name }) => ({
      severity: 'block',
      code: 'value-refused',
      errorCode: 'InvalidInput',
      message: `The value of ${name.value} has two braces in a row, which Parameter Store does not take`,
      hint: 'Write the values to a file: --env-file.',
    }));
}

/** Which of them its start script calls is the app's own affair; one will do. */
const READING = ['ssm:GetParametersByPath', 'ssm:GetParameters', 'ssm:GetParameter'];

export async function valueRights(
  { settings: consumer, app }: Ec2Consumer,
  { partition, region, account }: Identity,
  { iam }: Pick<Aws, 'iam'>,
): Promise<Finding[]> {
  const { name, envFile, parameterPath } = consumer;
  if (envFile !== undefined) return [];
  const resource = `arn:${partition}:ssm:${region}:${account}:parameter${parameterPath}/*`;
  const statement = JSON.stringify({ Effect: 'Allow', Action: READING, Resource: resource });
  if (app.roleArns.length === 0) {
    const message = `No role is known of the instances of ${name}, so whether they can read ${parameterPath} is not known`;
    return [
      {
        severity: 'warn',
        code: 'values-not-readable',
        message,
        hint: `It takes ${statement}; or --env-file.`,
      },
    ];
  }
  try {
    const lacking: string[] = [];
    for (const roleArn of app.roleArns) {
      const resources = consumer.variables.map((each) => resource.replace('*', each.name.value));
      const answers = await iam.simulate(roleArn, { actions: READING, resources, context: {} });
      const readable = READING.some((action) =>
        answers.filter((each) => each.action === action).every(({ decision }) => decision === 'allowed'),
      );
      if (!readable) lacking.push(roleArn);
    }
    return lacking.map((roleArn) => ({
      severity: 'warn',
      code: 'values-not-readable',
      message: `The role ${roleArn} of the instances of ${name} may not read ${parameterPath}, so the app would not find its values`,
      hint: `Add this statement to it: ${statement}.`,
    }));
  } catch (error) {
    if (!(error instanceof WizardError)) throw error;
    const message = `Whether the instances of ${name} can read ${parameterPath} was not checked: ${error.message}`;
    return [{ severity: 'warn', code: 'values-not-checked', message, hint: `It takes ${statement}.` }];
  }
}
