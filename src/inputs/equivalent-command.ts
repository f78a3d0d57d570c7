/** The one command that does the same without a question: what was given and answered, spelled as flags. */
import { isDeepStrictEqual } from 'node:util';
import { maskPasswords } from '../domain/connection.ts';
import { isGiven } from '../domain/settings.ts';
import { CATALOGUE, inputsOf, type InputName } from './catalogue.ts';
import { flagOf, type CommandName } from './input.ts';
import { withAnswer, withAnswers, type Inputs } from './resolve.ts';

/** How one run speaks, and what it was to do beside the work: another run says it for itself. */
const OF_ONE_RUN: readonly InputName[] = [
  'save',
  'client',
  'yes',
  'confirm',
  'input',
  'exitCode',
  'json',
  'format',
  'progress',
  'notify',
  'color',
  'verbose',
  'debug',
];

/** Free text, in which a password may stand. */
const TEXTS: readonly InputName[] = ['restartCommand', 'description', 'endpointUrl'];

/**
 * Words for `parseArguments`. What was found is found again, a default is one again, and a config file is named as a
 * whole. `except`: what is not to be said again.
 */
export function commandOf(command: CommandName, inputs: Inputs, except: readonly InputName[] = []): string[] {
  const left = [...OF_ONE_RUN, ...except];
  const flags = inputsOf(command).flatMap(([name]) => {
    const said = inputs[name];
    const isSaid = said !== undefined && isGiven(said) && said.origin !== 'config' && !left.includes(name);
    return isSaid ? flagWords(name, said.value) : [];
  });
  const approves = CATALOGUE.yes.commands.some((each) => each === command) && !except.includes('yes');
  return [...command.split(' '), ...flags, ...(approves ? ['--yes'] : [])];
}

/** Of a setup, for any shell: with the region, for another may be in another; without what is so by default. */
export function equivalentOf(inputs: Inputs, region: string): string[] {
  const needed = withoutNeedless(inputs);
  const placed = needed.region ? needed : withAnswer(needed, 'region', region);
  return ['npx', 'elasticache-wizard', ...commandOf('setup', placed)];
}

/** The size is what is paid for; and a variable that has another value already is replaced only where it is named. */
const ALWAYS_SAID: readonly InputName[] = ['cacheNodeType', 'envVar'];

/** Answers without which every input would have the same value. */
function withoutNeedless(inputs: Inputs): Inputs {
  return inputsOf('setup').reduce((kept, [name]) => {
    if (kept[name]?.origin !== 'answer' || ALWAYS_SAID.includes(name)) return kept;
    const shorter = withAnswers(kept, { [name]: undefined });
    return hasSameValues(shorter, kept) ? shorter : kept;
  }, inputs);
}

function hasSameValues(one: Inputs, other: Inputs): boolean {
  return (Object.keys(CATALOGUE) as InputName[]).every((name) =>
    isDeepStrictEqual(one[name]?.value, other[name]?.value),
  );
}

/** As they would have to be typed. */
export function flagWords(name: InputName, value: unknown): string[] {
  const flag = flagOf(name);
  switch (CATALOGUE[name].shape) {
    case 'on':
      return value === true ? [flag] : [];
    case 'off':
      return value === false ? [flag.replace('--', '--no-')] : [];
    case 'switch':
      return [value === true ? flag : flag.replace('--', '--no-')];
    case 'list':
      return [flag, itemsOf(value).join(',')];
    case 'entries':
      return itemsOf(value)
        .map((item) => (name === 'header' ? withoutLiteral(item) : item))
        .flatMap((item) => [flag, item]);
    case 'value':
      return [flag, TEXTS.includes(name) ? maskPasswords(String(value)) : String(value)];
  }
}

/** Pairs as they were typed: `team=web`. */
function itemsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return Object.entries(value as Readonly<Record<string, string>>).map(([key, said]) => `${key}=${said}`);
}

/** The value of a header may be a secret, unless it only says where the value is. */
function withoutLiteral(header: string): string {
  const at = header.indexOf('=');
  return isReference(header.slice(at + 1)) ? header : `${header.slice(0, at)}=<value>`;
}

/** `env:VARIABLE` and `@file`. */
export function isReference(source: string): boolean {
  return source.startsWith('env:') || source.startsWith('@');
}
