/**
 * The probe's own task definition: where the app's container runs and what it is pulled and logged with, and
 * nothing else of it. No ports, volumes, sidecars, health check or task role: nothing of the user's is ever run.
 */
import type { App } from '../domain/app.ts';
import { awslogsOf } from '../domain/container-logs.ts';
import type { JsonObject } from '../domain/json.ts';
import { ownershipTags, type Tags } from '../domain/ownership.ts';
import { containerOf } from '../domain/task-definition.ts';

export const PROBE_CONTAINER = 'probe';

export interface ProbeDefinition {
  readonly app: App;
  readonly project: string;
  readonly userTags: Tags;
  readonly image: string;
  readonly entryPoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** AWS takes letters, digits, hyphens and underscores in a family, 255 of them. */
export function probeFamily(project: string): string {
  return `elasticache-wizard-probe-${project.replace(/[^A-Za-z0-9_-]/g, '-')}`.slice(0, 255);
}

export function appContainer(app: App): JsonObject {
  return containerOf(app.taskDefinition.document, app.container) ?? {};
}

/** The body of a RegisterTaskDefinition request. */
export function probeDefinition(definition: ProbeDefinition): JsonObject {
  const { app, project, userTags } = definition;
  const { document } = app.taskDefinition;
  const family = probeFamily(project);
  return {
    family,
    containerDefinitions: [containerDefinition(definition)],
    ...present(document, [
      'executionRoleArn',
      'networkMode',
      'runtimePlatform',
      'cpu',
      'memory',
      'requiresCompatibilities',
    ]),
    tags: Object.entries({ ...userTags, ...ownershipTags(project, family) }).map(([key, value]) => ({
      key,
      value,
    })),
  };
}

function containerDefinition({ app, image, entryPoint, environment }: ProbeDefinition): JsonObject {
  const container = appContainer(app);
  return {
    name: PROBE_CONTAINER,
    image,
    essential: true,
    entryPoint,
    command: [],
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...present(container, ['cpu', 'memory', 'memoryReservation']),
    // A private registry's credentials are of the app's image alone.
    ...(image === container.image ? present(container, ['repositoryCredentials']) : {}),
    // Others than awslogs may need a sidecar (awsfirelens), and nothing could be read back from them.
    ...(awslogsOf(container) ? present(container, ['logConfiguration']) : {}),
  };
}

function present(object: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(
    members.flatMap((member) => {
      const value = object[member];
      return value === undefined || value === null ? [] : [[member, value]];
    }),
  );
}
