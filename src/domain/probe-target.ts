/** What the probe is handed: just what the app is handed, so that it connects as the app does. */
import { cachesOf } from './consumer.ts';
import { isTrue } from './handed-address.ts';
import type { Endpoint } from './outputs.ts';
import type { VariableSettings } from './settings.ts';
import type { ContainerVariable, Variable } from './task-definition.ts';

export interface ProbeTarget {
  /** By which the report names it: the variable with the URL, or with the host. */
  readonly variable: string;
  readonly url: Variable;
  /** The variable that holds the password of a URL without one. */
  readonly password?: { readonly name: string; readonly variable: Variable };
  /** A switch of its own turns TLS on, whatever the scheme says. */
  readonly tls?: true;
}

/** Whose variables they are; of an app on instances there are no containers. */
export interface ProbedConsumer {
  readonly variables: readonly VariableSettings[];
  readonly container?: string;
}

/** One for each address that the app is handed; the same address in several variables is asked once. */
export function probeTargets(
  consumer: ProbedConsumer,
  variables: readonly ContainerVariable[],
  endpointOf: (cache: string) => Endpoint | undefined,
): ProbeTarget[] {
  return cachesOf(consumer).flatMap((cache) => {
    const handed = consumer.variables
      .filter((variable) => variable.cache === cache)
      .flatMap((variable) => handedOver(variable, consumer, variables));
    const whole = handed.filter(({ template }) => isWhole(template));
    if (whole.length === 0) return ofParts(handed, endpointOf(cache)) ?? [];
    const firsts = whole.filter(
      ({ template }, at) => whole.findIndex((each) => each.template === template) === at,
    );
    return firsts.map(({ name, variable }) => ({
      variable: name,
      url: variable,
      ...besides(handed),
      ...(handed.some(isSwitchedOn) ? { tls: true } : {}),
    }));
  });
}

function besides(handed: readonly Handed[]): Pick<ProbeTarget, 'password'> {
  const secret = handed.find(({ template }) => template === '{password}');
  return secret ? { password: { name: secret.name, variable: secret.variable } } : {};
}

function isSwitchedOn({ template, variable }: Handed): boolean {
  return template === '{tls}' && 'value' in variable && isTrue(variable.value);
}

interface Handed {
  readonly name: string;
  readonly template: string;
  readonly variable: Variable;
}

function handedOver(
  { name: { value: name }, template, container }: VariableSettings,
  consumer: ProbedConsumer,
  variables: readonly ContainerVariable[],
): Handed[] {
  const found = variables.find(
    (each) => each.name === name && each.container === (container ?? consumer.container ?? ''),
  );
  return found ? [{ name, template, variable: found.variable }] : [];
}

/** Of a cache that is asked without a password. */
export function urlOf({ address, port, tls }: Endpoint): string {
  return `${tls ? 'rediss' : 'redis'}://${address}:${port}`;
}

/** A whole address, with its scheme. */
export function isWhole(template: string): boolean {
  return template.includes('{url}') || /^(rediss?|\{scheme\}):\/\//.test(template);
}

/** Of an app that is told host, port and the rest one by one; what it is not told, it has to know. */
function ofParts(handed: readonly Handed[], endpoint: Endpoint | undefined): ProbeTarget | undefined {
  const part = (template: string): Handed | undefined => handed.find((each) => each.template === template);
  const textOf = (template: string): string | undefined => {
    const variable = part(template)?.variable;
    return variable && 'value' in variable ? variable.value : undefined;
  };
  const named = part('{host}') ?? part('{endpoints}');
  const host = named && textOf(named.template);
  if (!named || host === undefined) return undefined;
  const port = named.template === '{host}' ? `:${textOf('{port}') ?? endpoint?.port ?? 6379}` : '';
  const tls = textOf('{tls}') ?? String(endpoint?.tls === true);
  return {
    variable: named.name,
    url: { value: `${isTrue(tls) ? 'rediss' : 'redis'}://${host}${port}` },
    ...besides(handed),
  };
}
