/** No terminal, or --no-input: nothing is ever asked. All that is missing is named at once. */
import { WizardError } from '../errors.ts';
import type { Asker } from './asker.ts';
import { inputsOf, type InputName } from './catalogue.ts';
import { flagOf, type CommandName } from './input.ts';
import type { ProjectInputs } from './project-inputs.ts';
import { INSTANCE_SELECTION } from './rules/app.ts';

const OF_A_SERVICE: readonly InputName[] = ['ecsCluster', 'service'];
const OF_A_CACHE: readonly InputName[] = ['cacheName'];

export const strictAsker: Asker = {
  interactive: false,
  returning: () => strictAsker,
  echo: () => undefined,
  choose: (name, choices) =>
    Promise.reject(missing([name], `It is one of: ${choices.map(({ value }) => value).join(', ')}.`)),
  search: (name) => Promise.reject(missing([name])),
  type: (name) => Promise.reject(missing([name])),
  decide: (name) => Promise.reject(missing([name])),
  pick: () => Promise.reject(missing(['yes'])),
  approve: () => Promise.reject(missing(['yes'])),
};

/**
 * Throws for every input without which the command cannot go on where nobody can be asked. A config file names its own
 * caches and consumers, and an app on instances has neither cluster nor service.
 */
export function requireInputs(
  command: CommandName,
  { inputs, configured }: ProjectInputs,
  writes: boolean,
  known: readonly InputName[] = [],
): void {
  const onInstances = INSTANCE_SELECTION.some((name) => inputs[name] !== undefined);
  const needless: readonly InputName[] = [
    ...known,
    ...(configured || onInstances ? OF_A_SERVICE : []),
    ...(configured ? OF_A_CACHE : []),
  ];
  const names = inputsOf(command)
    .filter(
      ([name, { requiredBy }]) => requiredBy?.includes(command) && !inputs[name] && !needless.includes(name),
    )
    .map(([name]) => name);
  if (writes && !inputs.yes.value) names.push('yes');
  if (names.length > 0) throw missing(names);
}

function missing(names: readonly InputName[], more = ''): WizardError {
  const flags = names.map(flagOf);
  const needed = flags.filter((flag) => flag !== '--yes');
  const sentences = [
    ...(needed.length > 0 ? [`nobody can be asked for ${needed.join(', ')}`] : []),
    ...(flags.includes('--yes') ? ['nobody can approve the plan without --yes'] : []),
  ];
  const message = sentences.join(', and ');
  return new WizardError('MissingInput', `${message.charAt(0).toUpperCase()}${message.slice(1)}`, {
    hint: [`Add ${names.map(exampleOf).join(' ')}, or run it on a terminal.`, more].filter(Boolean).join(' '),
  });
}

function exampleOf(name: InputName): string {
  return name === 'yes' ? '--yes' : `${flagOf(name)} <${flagOf(name).replace('--', '')}>`;
}
