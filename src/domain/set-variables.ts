/**
 * Which variables of a revision are of our making, told by tags of its own: a port or `true` says nothing of itself. The
 * digest tells whether they still are what we wrote. Names, places and a digest of plain values: no secret is among them.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from './json.ts';
import { LONGEST_TAG_VALUE } from './limits.ts';
import type { Tags } from './ownership.ts';
import { variableOf, type ContainerVariable } from './task-definition.ts';

/** 'backend:REDIS_HOST backend:REDIS_PORT', in as many tags as it takes. */
const NAMES_TAG = 'elasticache-wizard:variables-';
const DIGEST_TAG = 'elasticache-wizard:variables-digest';

export function setVariablesTags(variables: readonly ContainerVariable[]): Tags {
  const lines: string[] = [];
  for (const { container, name } of variables) {
    const word = `${container}:${name}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < LONGEST_TAG_VALUE)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return {
    ...Object.fromEntries(lines.map((line, index) => [`${NAMES_TAG}${index + 1}`, line])),
    [DIGEST_TAG]: digestOf(variables),
  };
}

/** As they stand in the document; none where somebody has changed one of them since, or the tags are not there. */
export function setVariablesIn(document: JsonObject, tags: Tags): ContainerVariable[] {
  const digest = tags[DIGEST_TAG];
  if (digest === undefined) return [];
  const found = Object.entries(tags)
    .filter(([key]) => key.startsWith(NAMES_TAG) && key !== DIGEST_TAG)
    .sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
    .flatMap(([, line]) => line.split(' '))
    .flatMap((word): ContainerVariable[] => {
      const [container = '', name = ''] = word.split(':');
      const variable = variableOf(document, container, name);
      return variable ? [{ container, name, variable }] : [];
    });
  return digestOf(found) === digest ? found : [];
}

function digestOf(variables: readonly ContainerVariable[]): string {
  const told = variables.map(({ container, name, variable }) =>
    'value' in variable
      ? [container, name, 'value', variable.value]
      : [container, name, 'from', variable.valueFrom],
  );
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 16);
}
