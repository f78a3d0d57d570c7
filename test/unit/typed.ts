/** Inputs as a user gives them: a command line, its environment, and a config file. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments } from '../../src/cli/program.ts';
import { WizardError } from '../../src/errors.ts';
import { readConfigFile } from '../../src/inputs/config-file.ts';
import { resolveProjectInputs, type ProjectInputs } from '../../src/inputs/project-inputs.ts';
import type { Environment } from '../../src/inputs/resolve.ts';
import { checkRules } from '../../src/inputs/rules.ts';

export interface Typed {
  /** Of the config file, YAML or JSON. */
  readonly config?: string;
  readonly environment?: Environment;
}

/** Everything that is looked at before any call to AWS. */
export function typed(line: string, { config, environment = {} }: Typed = {}): ProjectInputs {
  const invocation = parseArguments(line.split(' '), '0.0.0');
  if (!('command' in invocation)) throw new Error('it is no command');
  const { command, flags } = invocation;
  const file = config === undefined ? undefined : readConfigFile(written(config));
  const project = resolveProjectInputs(command, { flags, environment }, file);
  checkRules(command, project);
  return project;
}

/** The sentence that a user reads, without the path of the file, and the hint. */
export function refusal(line: string, given: Typed = {}): { message: string; hint: string } {
  try {
    typed(line, given);
  } catch (error) {
    if (!(error instanceof WizardError)) throw error;
    if (error.exitCode !== 2) throw new Error(`exit code ${error.exitCode}`, { cause: error });
    return { message: error.message.replace(/^Reading \S+: /, ''), hint: error.hint ?? '' };
  }
  throw new Error(`${line} was taken`);
}

function written(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'config-')), 'project.yaml');
  writeFileSync(path, text);
  return path;
}
