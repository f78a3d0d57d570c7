/** How one input is declared. Parser, prompt, help and docs read the declaration; nothing else knows flags. */
import type { z } from 'zod';

export const COMMANDS = [
  'setup',
  'plan',
  'verify',
  'status',
  'rollback',
  'destroy',
  'alarms',
  'snapshot create',
  'snapshot list',
  'snapshot restore',
  'snapshot delete',
  'rotate-token',
  'connect',
  'drill failover',
  'drill outage',
  'scale',
  'logs',
  'policy',
  'sandbox',
  'demo',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** The commands to which a cache may be described. */
export const CACHE_COMMANDS = ['setup', 'plan', 'verify', 'status'] as const satisfies readonly CommandName[];

/** The commands that look at an app in an account: they begin with the settings of a project. */
export const PROJECT_COMMANDS = [
  ...CACHE_COMMANDS,
  'rotate-token',
  'scale',
] as const satisfies readonly CommandName[];

/** Day two: they find by the project's name, or the cache's own, what is in the account. */
export const LIVING_COMMANDS = [
  'alarms',
  'snapshot create',
  'snapshot list',
  'snapshot restore',
  'snapshot delete',
  'connect',
  'drill failover',
  'drill outage',
  'logs',
] as const satisfies readonly CommandName[];

/** The commands that go back. They find what they need by the project's name. */
export const UNDO_COMMANDS = ['rollback', 'destroy'] as const satisfies readonly CommandName[];

export type Group =
  | 'app'
  | 'cache'
  | 'network'
  | 'delivery'
  | 'stickiness'
  | 'proof'
  | 'monitoring'
  | 'operation'
  | 'policy'
  | 'sandbox'
  | 'everywhere';

/**
 * value: `--port <n>`. list: repeatable and comma-separated. entries: repeatable, not split (its values may hold
 * commas). switch: `--multi-az`, `--no-multi-az`. on: `--yes`. off: `--no-input`.
 */
export type Shape = 'value' | 'list' | 'entries' | 'switch' | 'on' | 'off';

/** As typed: nothing is parsed yet. */
export type Raw = string | boolean | readonly string[];

export interface Declaration<V> {
  readonly shape: Shape;
  /** What stands for the value in the help: '<name>'. */
  readonly placeholder?: string;
  /** Other long spellings, AWS's own where they differ from ours. */
  readonly aliases?: readonly string[];
  readonly schema: z.ZodType<V>;
  /** One line for the help. */
  readonly help: string;
  readonly group: Group;
  readonly commands: readonly CommandName[];
  /** Without it these commands cannot start. */
  readonly requiredBy?: readonly CommandName[];
  /** How it is asked for on a terminal; absent: never asked. */
  readonly question?: string;
  /** Whether the answer can be changed later: said with the question. */
  readonly later?: string;
}

export interface Input<V, D extends V | undefined = V | undefined> extends Declaration<V> {
  readonly default: D;
}

export function input<V>(declaration: Declaration<V> & { readonly default: NoInfer<V> }): Input<V, V>;
export function input<V>(declaration: Declaration<V>): Input<V, undefined>;
export function input<V>(declaration: Declaration<V> & { readonly default?: V }): Input<V> {
  return { default: undefined, ...declaration };
}

/** `cacheNodeType` is `--cache-node-type`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `cacheNodeType` is `ELASTICACHE_WIZARD_CACHE_NODE_TYPE`. */
export function variableOf(name: string): string {
  return `ELASTICACHE_WIZARD_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Names with a value each: `team=web`. In a file they are an object. */
export function takesPairs({
  shape,
  placeholder = '',
}: Pick<Declaration<unknown>, 'shape' | 'placeholder'>): boolean {
  return (shape === 'entries' || shape === 'list') && placeholder.includes('=');
}
