/** Copies and compares task definitions as raw JSON, so that no member is lost, known to the SDK or not. */
import type { Json, JsonObject } from './json.ts';

/** What RegisterTaskDefinition does not take back (ECS API reference, TaskDefinition against RegisterTaskDefinition). */
const READ_ONLY_MEMBERS = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
];

/** What to send to RegisterTaskDefinition to get the same definition again. */
export function registrable(document: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(document).filter(([member]) => !READ_ONLY_MEMBERS.includes(member)),
  );
}

export function containerNames(document: JsonObject): string[] {
  return containersOf(document).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
}

export function containerOf(document: JsonObject, name: string): JsonObject | undefined {
  return containersOf(document).find((container) => container.name === name);
}

/** The first port that it listens on. */
export function containerPortOf(document: JsonObject, container: string): number | undefined {
  const [first] = listOf(containerOf(document, container)?.portMappings);
  return typeof first?.containerPort === 'number' ? first.containerPort : undefined;
}

/** How a container gets a variable: as a plain value, or from where a secret is kept. */
export type Variable = { readonly value: string } | { readonly valueFrom: string };

export function variableOf(document: JsonObject, container: string, name: string): Variable | undefined {
  const definition = containerOf(document, container);
  const secret = entryOf(definition?.secrets, name);
  if (typeof secret?.valueFrom === 'string') return { valueFrom: secret.valueFrom };
  const entry = entryOf(definition?.environment, name);
  return typeof entry?.value === 'string' ? { value: entry.value } : undefined;
}

/**
 * The document with plain variables set in one container. A name is unique across `environment` and `secrets`
 * (AWS refuses the revision otherwise), so a secret of the same name makes way. Order and everything else stay.
 */
export function withVariables(
  document: JsonObject,
  container: string,
  variables: ReadonlyMap<string, string>,
): JsonObject {
  const containerDefinitions = containersOf(document).map((definition) =>
    definition.name === container ? withVariablesIn(definition, variables) : definition,
  );
  return { ...document, containerDefinitions };
}

function withVariablesIn(definition: JsonObject, variables: ReadonlyMap<string, string>): JsonObject {
  const environment = listOf(definition.environment);
  const present = new Set(environment.map((entry) => entry.name));
  const changed = environment.map((entry) => {
    const value = typeof entry.name === 'string' ? variables.get(entry.name) : undefined;
    return value === undefined ? entry : { ...entry, value };
  });
  const added = [...variables]
    .filter(([name]) => !present.has(name))
    .map(([name, value]) => ({ name, value }));
  const secrets = listOf(definition.secrets);
  const kept = secrets.filter((entry) => typeof entry.name !== 'string' || !variables.has(entry.name));
  return {
    ...definition,
    environment: [...changed, ...added],
    ...(kept.length === secrets.length ? {} : { secrets: kept }),
  };
}

/** The document with one variable of one container as it once was: a value, a secret, or not there. */
export function withVariable(
  document: JsonObject,
  container: string,
  name: string,
  before: Variable | undefined,
): JsonObject {
  const isOther = (entry: JsonObject): boolean => entry.name !== name;
  const containerDefinitions = containersOf(document).map((definition) => {
    if (definition.name !== container) return definition;
    if (before && 'value' in before) return withVariablesIn(definition, new Map([[name, before.value]]));
    return {
      ...definition,
      environment: listOf(definition.environment).filter(isOther),
      ...(before
        ? { secrets: [...listOf(definition.secrets).filter(isOther), { name, valueFrom: before.valueFrom }] }
        : {}),
    };
  });
  return { ...document, containerDefinitions };
}

/** Every plain variable of every container. */
export function plainVariables(
  document: JsonObject,
): { readonly container: string; readonly name: string; readonly value: string }[] {
  return containersOf(document).flatMap(({ name: container, environment }) =>
    listOf(environment).flatMap(({ name, value }) =>
      typeof container === 'string' && typeof name === 'string' && typeof value === 'string'
        ? [{ container, name, value }]
        : [],
    ),
  );
}

/** Whether both would run the same, whatever AWS calls them. */
export function haveSameContent(one: JsonObject, other: JsonObject): boolean {
  const [first, second] = [registrable(one), registrable(other)];
  return missingFrom(first, second).length === 0 && missingFrom(second, first).length === 0;
}

/**
 * JSON paths of what was sent and did not come back. AWS fills in members that were absent, leaves out empty lists,
 * and gives `environment` and other lists back in an order of its own, so none of these is a loss.
 */
export function missingFrom(got: Json | undefined, sent: Json | undefined, path = ''): string[] {
  if (isEmpty(sent) && isEmpty(got)) return [];
  if (isList(sent) && isList(got)) return missingItems(got, sent, path);
  if (isObject(sent) && isObject(got)) {
    return Object.keys(sent).flatMap((member) =>
      missingFrom(got[member], sent[member], path ? `${path}.${member}` : member),
    );
  }
  return sent === got ? [] : [path || '(document)'];
}

/** Items are told apart by their names where they have them. */
function missingItems(got: readonly Json[], sent: readonly Json[], path: string): string[] {
  if (got.length !== sent.length) return [path];
  const left = [...got];
  return sent.flatMap((item, index) => {
    const name = nameOf(item);
    const at = left.findIndex((other) =>
      name === undefined ? missingFrom(other, item).length === 0 : nameOf(other) === name,
    );
    const place = `${path}[${name ?? index}]`;
    if (at === -1) return [place];
    const [counterpart] = left.splice(at, 1);
    return missingFrom(counterpart, item, place);
  });
}

function containersOf(document: JsonObject): readonly JsonObject[] {
  return listOf(document.containerDefinitions);
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function entryOf(list: Json | undefined, name: string): JsonObject | undefined {
  return listOf(list).find((entry) => entry.name === name);
}

function nameOf(item: Json): string | undefined {
  return isObject(item) && typeof item.name === 'string' ? item.name : undefined;
}

function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
