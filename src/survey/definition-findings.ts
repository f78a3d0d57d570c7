/** Whether the new revision would be accepted, and what of the user's it would change. */
import { maskPassword } from '../domain/connection.ts';
import { profileOf, render } from '../domain/delivery.ts';
import type { Json } from '../domain/json.ts';
import { isSecretOf, referenceTo, secretArn, secretVariablesOf } from '../domain/secrets.ts';
import type { Endpoint } from '../domain/outputs.ts';
import { isGiven } from '../domain/settings.ts';
import type { CacheSettings, VariableSettings } from '../domain/settings.ts';
import {
  containerNames,
  containerOf,
  registrable,
  variableOf,
  withVariables,
} from '../domain/task-definition.ts';
import type { Variable } from '../domain/task-definition.ts';
import type { Finding, Inspection, Situation } from './finding.ts';

/** ECS developer guide, "Service quotas": the size of a task definition. */
const LARGEST_DEFINITION = 64 * 1024;

export const variables: Inspection = async (situation) => {
  const found = await Promise.all(
    situation.consumer.variables.map((variable) => changedVariable(situation, variable)),
  );
  return found.flat();
};

async function changedVariable(situation: Situation, variable: VariableSettings): Promise<Finding[]> {
  const { app, aws, settings } = situation;
  const name = variable.name.value;
  const container = variable.container ?? app.container;
  const now = variableOf(app.taskDefinition.document, container, name);
  if (now === undefined) return hiddenVariable(situation, variable);
  if ('value' in now ? now.value === '' : isSecretOf(settings.project, now.valueFrom)) return [];
  if (variable.cache !== undefined) {
    const cache = await aws.caches.read(variable.cache);
    if (cache?.endpoint && leadsThere(situation, variable, cache.endpoint.address)) {
      const { endpoint, readerEndpoint, transitEncryption: tls } = cache;
      const wanted = render(variable.template, { endpoint: { ...endpoint, tls }, readerEndpoint });
      if (isSamePlace(now, wanted, variable.template)) return [];
    }
  }
  if ('value' in now && now.value === variable.template) return [];
  const message = `${name} of the container ${container} is ${shown(now)} and would become ${becomes(variable)}`;
  return isGiven(variable.name)
    ? [{ severity: 'note', code: 'variable-changes', message }]
    : [
        {
          severity: 'block',
          code: 'variable-in-use',
          message,
          hint: `Say so with ${namingOf(situation, variable)} if that is meant, or name another variable.`,
        },
      ];
}

/** Whether it, or one that the container has beside it of the same cache, is the address: a port alone does not tell. */
function leadsThere(
  { app, consumer }: Situation,
  { cache, container = app.container }: VariableSettings,
  address: string,
): boolean {
  const beside = consumer.variables.filter(
    (each) => each.cache === cache && (each.container ?? app.container) === container,
  );
  return beside.some(({ name }) => {
    const now = variableOf(app.taskDefinition.document, container, name.value);
    return now && 'value' in now && (now.value === address || hostOf(now.value) === address);
  });
}

/** The same but for scheme and credentials: in another database an app would find nothing of what it has written. */
export function isSamePlace(now: Variable, wanted: string, template: string): boolean {
  if (!('value' in now)) return template === '{password}';
  if (template === '{db}') return now.value === wanted;
  const [host, wantedHost] = [hostOf(now.value), hostOf(wanted)];
  if (host === undefined || wantedHost === undefined) return true;
  return host === wantedHost && databaseOf(now.value) === databaseOf(wanted);
}

/** Clients take the path, or `?db=` where there is one (redis-py, "from_url"). */
function databaseOf(url: string): string {
  const { pathname, searchParams } = new URL(url);
  return searchParams.get('db') ?? (pathname.replace(/^\/+/, '') || '0');
}

/** Variables that were found to be those of a profile are named all at once. */
function namingOf({ consumer }: Situation, { name }: VariableSettings): string {
  const profile = profileOf(consumer.variables.map((variable) => variable.name.value));
  return name.origin === 'found' && profile ? `--env-profile ${profile}` : `--env-var ${name.value}`;
}

function becomes({ cache, template }: VariableSettings): string {
  return cache === undefined ? JSON.stringify(template) : `the address of ${cache}`;
}

function shown(variable: Variable): string {
  return 'value' in variable ? maskPassword(variable.value) : `the secret ${variable.valueFrom}`;
}

/** A plain variable wins over one of the same name in a file (ECS API reference, EnvironmentFile), so ours would hide it. */
function hiddenVariable(situation: Situation, variable: VariableSettings): Finding[] {
  const { name } = variable;
  const files = environmentFilesOf(situation.app);
  if (files.length === 0) return [];
  const message = `${name.value} may come from ${files.join(', ')} already, which is not read, and would become ${becomes(variable)}`;
  return isGiven(name)
    ? [{ severity: 'warn', code: 'variable-may-change', message }]
    : [
        {
          severity: 'block',
          code: 'variable-may-be-in-use',
          message,
          hint: `Look into the file; say ${namingOf(situation, variable)} if that is meant, or name another variable.`,
        },
      ];
}

function environmentFilesOf({ taskDefinition, container }: Situation['app']): string[] {
  const files = containerOf(taskDefinition.document, container)?.environmentFiles;
  if (!Array.isArray(files)) return [];
  return files.map((file: Json) =>
    typeof file === 'object' && file !== null && 'value' in file && typeof file.value === 'string'
      ? file.value
      : 'an environment file',
  );
}

function hostOf(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const { hostname } = new URL(value);
  return hostname === '' ? undefined : hostname;
}

/**
 * AWS registers no Fargate definition that logs by awslogs or pulls from ECR without an execution role, and none at
 * all that has secrets. On instances the instance's own role does the rest.
 */
export const executionRole: Inspection = ({ app, settings, consumer }) => {
  const { document, family } = app.taskDefinition;
  if (typeof document.executionRoleArn === 'string' && document.executionRoleArn !== '') return [];
  const secrets = secretVariablesOf(consumer, settings.caches, settings.project);
  const needs = [
    ...containerNames(document).flatMap((name) => needsOf(app, name)),
    ...secrets.map(({ name }) => `the secret ${name}`),
  ];
  if (needs.length === 0) return [];
  return [
    {
      severity: 'block',
      code: 'no-execution-role',
      message: `${family} has no execution role, and AWS registers no revision without one for ${[...new Set(needs)].join(', ')}`,
      hint: 'Give the task definition an execution role (AmazonECSTaskExecutionRolePolicy) and deploy it once.',
    },
  ];
};

function needsOf(app: Situation['app'], name: string): string[] {
  const { document } = app.taskDefinition;
  const container = containerOf(document, name);
  const compatibilities = document.requiresCompatibilities;
  const fargate =
    app.service.launchType === 'FARGATE' ||
    (Array.isArray(compatibilities) && compatibilities.includes('FARGATE'));
  const logs = JSON.stringify(container?.logConfiguration ?? {});
  const image = typeof container?.image === 'string' ? container.image : '';
  return [
    ...(Array.isArray(container?.secrets) && container.secrets.length > 0 ? [`the secrets of ${name}`] : []),
    ...(fargate && logs.includes('"awslogs"') ? [`the awslogs driver of ${name}`] : []),
    ...(fargate && /\.dkr\.ecr[.-]/.test(image) ? [`the ECR image of ${name}`] : []),
  ];
}

/** Measured with the longest endpoint that the cache could get, for the real one is not known yet. */
export const definitionSize: Inspection = ({ app, consumer, settings }) => {
  const secrets = secretVariablesOf(consumer, settings.caches, settings.project);
  const variables = consumer.variables.map(({ name, cache, template, container = app.container }) => {
    const secret = secrets.find((each) => each.name === name.value && each.container === container);
    if (secret) {
      const arn = secretArn(app.service.serviceArn, secret.store, secret.secret);
      return { container, name: name.value, variable: { valueFrom: referenceTo(arn, secret.key) } };
    }
    const wanted = settings.caches.find((each) => each.name === cache);
    const value = wanted ? render(template, { endpoint: longestEndpoint(wanted) }) : template;
    return { container, name: name.value, variable: { value } };
  });
  const document = withVariables(registrable(app.taskDefinition.document), variables);
  const size = Buffer.byteLength(JSON.stringify(document));
  if (size <= LARGEST_DEFINITION) return [];
  return [
    {
      severity: 'block',
      code: 'definition-too-large',
      message: `A new revision of ${app.taskDefinition.family} would have ${size} bytes, and AWS takes ${LARGEST_DEFINITION}`,
      hint: 'Move some of its variables to an environment file or to the Parameter Store.',
    },
  ];
};

function longestEndpoint({ name }: CacheSettings): Endpoint {
  // The hash has six letters, the region's short name seven at most ('apse2' has five).
  const address = `clustercfg.${name}.xxxxxx.xxxxxxx.cache.amazonaws.com.cn`;
  return { address, port: 65_535, tls: true };
}
