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

export function isSameVariable(one: Variable, other: Variable): boolean {
  return 'value' in one
    ? 'value' in other && one.value === other.value
    : 'valueFrom' in other && one.valueFrom === other.valueFrom;
}

/** A variable and the container that is to have it. */
export interface ContainerVariable {
  readonly container: string;
  readonly name: string;
  readonly variable: Variable;
}

/** The document with the variables set. Order and everything else stay. */
export function withVariables(document: JsonObject, variables: readonly ContainerVariable[]): JsonObject {
  return variables.reduce(
    (changed, { container, name, variable }) => withVariable(changed, container, name, variable),
    document,
  );
}

/**
 * The document with one variable of one container: a value, a secret, or not there. A name is unique across
 * `environment` and `secrets` (AWS refuses the revision otherwise), so the other of the two makes way.
 */
export function withVariable(
  document: JsonObject,
  container: string,
  name: string,
  variable: Variable | undefined,
): JsonObject {
  const containerDefinitions = containersOf(document).map((definition) => {
    if (definition.name !== container) return definition;
    const plain = variable && 'value' in variable ? { name, value: variable.value } : undefined;
    const secret = variable && 'valueFrom' in variable ? { name, valueFrom: variable.valueFrom } : undefined;
    return {
      ...definition,
      ...listWith(definition, 'environment', name, plain),
      ...listWith(definition, 'secrets', name, secret),
    };
  });
  return { ...document, containerDefinitions };
}

/** In the place where it stood; a list that neither had the entry nor gets it is left as it is, absent included. */
function listWith(
  definition: JsonObject,
  member: 'environment' | 'secrets',
  name: string,
  entry: JsonObject | undefined,
): JsonObject {
  const list = listOf(definition[member]);
  const at = list.findIndex((each) => each.name === name);
  if (at === -1) return entry ? { [member]: [...list, entry] } : {};
  const others = list.filter((each) => each.name !== name);
  return { [member]: entry ? [...others.slice(0, at), entry, ...others.slice(at)] : others };
}

/** Every variable of every container. */
export function variablesIn(document: JsonObject): ContainerVariable[] {
  return containersOf(document).flatMap(({ name: container, environment, secrets }) => {
    if (typeof container !== 'string') return [];
    const plain = listOf(environment).flatMap(({ name, value }) =>
      typeof name === 'string' && typeof value === 'string' ? [{ container, name, variable: { value } }] : [],
    );
    const references = listOf(secrets).flatMap(({ name, valueFrom }) =>
      typeof name === 'string' && typeof valueFrom === 'string'
        ? [{ container, name, variable: { valueFrom } }]
        : [],
    );
    return [...plain, ...references];
  });
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
