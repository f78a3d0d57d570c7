/** Headers of the refresh check. A secret is named by a variable or a file, so that no shell history holds it. */
import { readFileSync } from 'node:fs';
import { WizardError } from '../errors.ts';
import type { Environment } from './resolve.ts';

export function readHeaders(
  declared: Readonly<Record<string, string>>,
  environment: Environment,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(declared).map(([name, source]) => [name, read(name, source, environment)]),
  );
}

function read(name: string, source: string, environment: Environment): string {
  if (source.startsWith('env:')) return readVariable(name, source.slice('env:'.length), environment);
  return source.startsWith('@') ? readText(name, source.slice(1)) : source;
}

function readVariable(name: string, variable: string, environment: Environment): string {
  const value = environment[variable];
  if (value) return value;
  throw new WizardError('InvalidInput', `--header ${name} is to come from ${variable}, which is not set`, {
    hint: `Set ${variable} for this command.`,
  });
}

function readText(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new WizardError(
      'InvalidInput',
      `--header ${name} is to come from the file ${path}, which cannot be read`,
      {
        hint: 'The path is relative to the folder that the command runs in.',
        cause,
      },
    );
  }
}
