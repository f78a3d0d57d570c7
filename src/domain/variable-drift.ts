/** A container's variable beside the value that setup gave it. */
import { maskPassword, redisUrl } from './connection.ts';
import type { JsonObject } from './json.ts';
import type { Endpoint } from './outputs.ts';
import { variableOf, type Variable } from './task-definition.ts';

export interface VariableDrift {
  readonly container: string;
  readonly name: string;
  readonly was?: string;
  readonly now: string;
}

interface Expected {
  readonly container: string;
  readonly name: string;
  /** Undefined where no revision tells. */
  readonly variable: Variable | undefined;
}

/** `isOurs`: one that leads to the cache is as good as the one that was set, whatever its form. */
export function variableDrift(
  document: JsonObject,
  expected: readonly Expected[],
  isOurs: (variable: Variable) => boolean,
): VariableDrift[] {
  return expected.flatMap(({ container, name, variable }) => {
    const found = variableOf(document, container, name);
    if (found && isOurs(found)) return [];
    const was = variable === undefined ? {} : { was: textOf(variable) };
    return [{ container, name, ...was, now: textOf(found) }];
  });
}

/** How the cache is reached by now, where a value that leads to it says another host, scheme or port. */
export function staleAddress(
  value: string,
  endpoint: Endpoint,
  readerAddress: string | undefined,
): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const carried = new URL(value);
  const hosts = [endpoint.address, readerAddress].map((address) => address?.toLowerCase());
  const speaksTls = /^(rediss|valkeys):$/.test(carried.protocol);
  // Without a port a client takes Redis's own.
  const port = Number(carried.port === '' ? 6379 : carried.port);
  const isRight = hosts.includes(carried.hostname) && speaksTls === endpoint.tls && port === endpoint.port;
  return isRight ? undefined : redisUrl(endpoint);
}

function textOf(found: Variable | undefined): string {
  if (!found) return 'not set';
  return 'value' in found ? maskPassword(found.value) : `secret ${found.valueFrom}`;
}
