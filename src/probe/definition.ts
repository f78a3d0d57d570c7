/**
 * The probe's own task definition: where the app's container runs and what it is pulled and logged with, and
 * nothing else of it but the secrets that the asking takes. No ports, volumes, sidecars, health check or task role: nothing of the user's is ever run.
 */
import { createHash } from 'node:crypto';
import type { App } from '../domain/app.ts';
import { awslogsOf } from '../domain/container-logs.ts';
import type { JsonObject } from '../domain/json.ts';
import { ownershipTags, type Tags } from '../domain/ownership.ts';
import { containerOf } from '../domain/task-definition.ts';

export const PROBE_CONTAINER = 'probe';
/** On the probe's own: projects of the same name in two clusters must leave each other's alone. */
const CLUSTER_TAG = 'elasticache-wizard:ecs-cluster';
const LONGEST_FAMILY = 255;
/** How the family of every probe begins. */
export const PROBE_FAMILIES = 'elasticache-wizard-probe-';

export interface ProbeDefinition {
  readonly app: App;
  readonly project: string;
  readonly userTags: Tags;
  readonly image: string;
  readonly entryPoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Variables by where they come from. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** AWS takes letters, digits, hyphens and underscores in a family. What is cut off still tells two long ones apart. */
export function probeFamily(ecsCluster: string, project: string): string {
  const whole = `${PROBE_FAMILIES}${ecsCluster}-${project}`;
  const family = whole.replace(/[^A-Za-z0-9_-]/g, '-');
  if (family.length <= LONGEST_FAMILY) return family;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 12);
  return `${family.slice(0, LONGEST_FAMILY - digest.length - 1)}-${digest}`;
}

/** 'a-b' of 'c' and 'a' of 'b-c' have one family: only the tags tell whose a revision is. */
export function probeTags(ecsCluster: string, project: string): Tags {
  return { ...ownershipTags(project, probeFamily(ecsCluster, project)), [CLUSTER_TAG]: ecsCluster };
}

/** By which its tasks are listed. AWS takes letters, digits, hyphens, slashes and underscores here, 128 of them. */
export function probeStarter(project: string): string {
  return `elasticache-wizard/${project.replace(/[^A-Za-z0-9_-]/g, '-')}`.slice(0, 128);
}

export function isProbeOf(tags: Tags, ecsCluster: string, project: string): boolean {
  return Object.entries(probeTags(ecsCluster, project)).every(([key, value]) => tags[key] === value);
}

export function clusterOfProbe(tags: Tags): string | undefined {
  return tags[CLUSTER_TAG];
}

export function appContainer(app: App): JsonObject {
  return containerOf(app.taskDefinition.document, app.container) ?? {};
}

/** The body of a RegisterTaskDefinition request. */
export function probeDefinition(definition: ProbeDefinition): JsonObject {
  const { app, project, userTags } = definition;
  const { document } = app.taskDefinition;
  return {
    family: probeFamily(app.ecsCluster, project),
    containerDefinitions: [containerDefinition(definition)],
    ...present(document, [
      'executionRoleArn',
      'networkMode',
      'runtimePlatform',
      'cpu',
      'memory',
      'requiresCompatibilities',
    ]),
    tags: Object.entries({ ...userTags, ...probeTags(app.ecsCluster, project) }).map(([key, value]) => ({
      key,
      value,
    })),
  };
}

function containerDefinition({ app, image, entryPoint, environment, secrets }: ProbeDefinition): JsonObject {
  const container = appContainer(app);
  return {
    name: PROBE_CONTAINER,
    image,
    essential: true,
    entryPoint,
    command: [],
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...(Object.keys(secrets).length > 0
      ? { secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })) }
      : {}),
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
