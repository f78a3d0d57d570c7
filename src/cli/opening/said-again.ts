/** What has to be said again on the way back, for nothing in the account tells it. */
import { maskPasswords } from '../../domain/connection.ts';
import { isGiven, type Sourced } from '../../domain/settings.ts';
import type { InputName } from '../../inputs/catalogue.ts';
import { flagOf } from '../../inputs/input.ts';
import type { Inputs } from '../../inputs/resolve.ts';

/** `withInstances`: services are found with all that they need; of apps on instances the user has said it. */
export function saidAgain(inputs: Inputs, withInstances: boolean): string[] {
  const { profile, endpointUrl, config, envFile, restartCommand } = inputs;
  return [
    ...flags('profile', profile),
    ...flags('endpointUrl', endpointUrl),
    ...(withInstances ? [...flags('config', config), ...besideConfig('envFile', envFile)] : []),
    // Nobody is shown a password: without the command, the restart is asked for by hand.
    ...(withInstances && restartCommand && maskPasswords(restartCommand.value) === restartCommand.value
      ? besideConfig('restartCommand', restartCommand)
      : []),
  ];
}

type Said = Sourced<string | readonly string[]> | undefined;

/** The file is named as a whole. */
function besideConfig(name: InputName, said: Said): string[] {
  return said?.origin === 'config' ? [] : flags(name, said);
}

function flags(name: InputName, said: Said): string[] {
  if (!said || !isGiven(said)) return [];
  return [said.value].flat().flatMap((value) => [flagOf(name), value]);
}
