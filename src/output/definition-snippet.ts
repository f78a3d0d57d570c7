/**
 * The variables as the tool that deploys a service wants to have them written down: without that, its next deployment
 * takes them away again. Values are given as they are shown, so no secret is among them.
 */

export interface WrittenVariable {
  readonly container: string;
  readonly name: string;
  /** A plain value, or where the secret is kept. */
  readonly variable: { readonly value: string } | { readonly valueFrom: string };
}

type Writer = (variables: readonly WrittenVariable[]) => string[];

const plain = ({ variable }: WrittenVariable): string | undefined =>
  'value' in variable ? variable.value : undefined;

/** `{ name = "REDIS_URL", value = "…" }` in container_definitions (aws_ecs_task_definition). */
const terraform: Writer = (variables) =>
  sections(variables, 'environment = [', 'secrets = [', ']', ({ name, variable }) =>
    'value' in variable
      ? `  { name = ${JSON.stringify(name)}, value = ${JSON.stringify(variable.value)} },`
      : `  { name = ${JSON.stringify(name)}, valueFrom = ${JSON.stringify(variable.valueFrom)} },`,
  );

/** Environment and Secrets of AWS::ECS::TaskDefinition ContainerDefinition. */
const cloudFormation: Writer = (variables) =>
  sections(variables, 'Environment:', 'Secrets:', undefined, ({ name, variable }) =>
    'value' in variable
      ? `  - { Name: ${name}, Value: ${JSON.stringify(variable.value)} }`
      : `  - { Name: ${name}, ValueFrom: ${JSON.stringify(variable.valueFrom)} }`,
  );

/** `ContainerDefinition.addEnvironment` and `addSecret` of aws-cdk-lib/aws-ecs. */
const cdk: Writer = (variables) =>
  variables.map(({ name, variable }) =>
    'value' in variable
      ? `container.addEnvironment(${JSON.stringify(name)}, ${JSON.stringify(variable.value)});`
      : `container.addSecret(${JSON.stringify(name)}, ${cdkSecret(variable.valueFrom)});`,
  );

/** `<arn>:KEY::` is a key of a JSON secret (ECS developer guide, "Pass Secrets Manager secrets"). */
function cdkSecret(valueFrom: string): string {
  const [, arn = valueFrom, key] =
    /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+)(?::([^:]+)::)?$/.exec(valueFrom) ?? [];
  if (!arn.includes(':secretsmanager:')) {
    return `ecs.Secret.fromSsmParameter(ssm.StringParameter.fromSecureStringParameterAttributes(this, 'Redis', { parameterName: ${JSON.stringify(arn.replace(/^.*:parameter/, ''))} }))`;
  }
  const secret = `secretsmanager.Secret.fromSecretCompleteArn(this, 'Redis', ${JSON.stringify(arn)})`;
  return `ecs.Secret.fromSecretsManager(${secret}${key === undefined ? '' : `, ${JSON.stringify(key)}`})`;
}

/** `variables` and `secrets` of a Copilot service manifest. */
const copilot: Writer = (variables) =>
  sections(variables, 'variables:', 'secrets:', undefined, ({ name, variable }) =>
    'value' in variable
      ? `  ${name}: ${JSON.stringify(variable.value)}`
      : `  ${name}: ${JSON.stringify(variable.valueFrom)}`,
  );

/** `environment` and `ssm` of sst.aws.Service. */
const sst: Writer = (variables) =>
  sections(variables, 'environment: {', 'ssm: {', '},', ({ name, variable }) =>
    'value' in variable
      ? `  ${name}: ${JSON.stringify(variable.value)},`
      : `  ${name}: ${JSON.stringify(variable.valueFrom)},`,
  );

/** Inputs of aws-actions/amazon-ecs-render-task-definition. */
const githubActions: Writer = (variables) =>
  sections(variables, 'environment-variables: |', 'secrets: |', undefined, ({ name, variable }) =>
    'value' in variable ? `  ${name}=${variable.value}` : `  ${name}=${variable.valueFrom}`,
  );

/** The members of a task definition, which every other tool renders in the end. */
const taskDefinition: Writer = (variables) =>
  sections(
    variables,
    '"environment": [',
    '"secrets": [',
    ']',
    ({ name, variable }) => `  ${JSON.stringify({ name, ...variable })},`,
  );

const WRITERS: Readonly<Record<string, Writer>> = {
  Terraform: terraform,
  CloudFormation: cloudFormation,
  'AWS CDK': cdk,
  'AWS Copilot': copilot,
  SST: sst,
  'GitHub Actions': githubActions,
};

/** Lines to paste, container by container. */
export function definitionSnippet(tool: string, variables: readonly WrittenVariable[]): string[] {
  const write = WRITERS[tool] ?? taskDefinition;
  const containers = [...new Set(variables.map(({ container }) => container))];
  return containers.flatMap((container) => [
    `for the container ${container}:`,
    ...write(variables.filter((variable) => variable.container === container)).map((line) => `  ${line}`),
  ]);
}

/** Plain values and secrets stand apart in all of them; a part that nothing is in is left out. */
function sections(
  variables: readonly WrittenVariable[],
  environment: string,
  secrets: string,
  end: string | undefined,
  line: (variable: WrittenVariable) => string,
): string[] {
  const part = (head: string, items: readonly WrittenVariable[]): string[] =>
    items.length === 0 ? [] : [head, ...items.map(line), ...(end === undefined ? [] : [end])];
  return [
    ...part(
      environment,
      variables.filter((variable) => plain(variable) !== undefined),
    ),
    ...part(
      secrets,
      variables.filter((variable) => plain(variable) === undefined),
    ),
  ];
}
