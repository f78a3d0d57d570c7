/** The file that `--save` names: a new one, never one of the user's own, and without a secret. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { maskPasswords } from '../domain/connection.ts';
import { WizardError } from '../errors.ts';
import { isReference } from './equivalent-command.ts';
import type { ProjectInputs } from './project-inputs.ts';
import type { Inputs } from './resolve.ts';
import { SAVED_MARK } from './saved-config.ts';

/**
 * Throws, before any account is read, where nothing could be written in the end. `asks`: of what is yet to be answered
 * no earlier run has saved the same, and somebody would answer in vain.
 */
export function requireSavable(path: string, { inputs, configured }: ProjectInputs, asks = false): void {
  if (configured) {
    throw refused(
      `--save writes what flags and answers say, and this project is in a file already: ${inputs.config?.value}`,
      'Leave --save out, and change that file.',
    );
  }
  requireNoSecret(inputs);
  requireFolder(path);
  const there = readIfThere(path);
  if (there !== undefined && (asks || !there.startsWith(SAVED_MARK))) throw isThere(path);
}

/** The same text again is no change; another is never written over one that may have been edited since. */
export function writeSaved(path: string, text: string): void {
  const there = readIfThere(path);
  if (there === text) return;
  if (there !== undefined) throw isThere(path);
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (cause) {
    throw refused(`--save ${path}: ${(cause as Error).message}`, 'Name a file that can be written.', cause);
  }
}

function requireNoSecret({ header, restartCommand }: Inputs): void {
  const literal = Object.entries(header.value).find(([, source]) => !isReference(source));
  if (literal) {
    throw refused(
      `--save writes no secret to a file, and the value of --header ${literal[0]} may be one`,
      `Say where it is: --header ${literal[0]}=env:<VARIABLE>, or ${literal[0]}=@<file>.`,
    );
  }
  if (restartCommand && maskPasswords(restartCommand.value) !== restartCommand.value) {
    throw refused(
      '--save writes no secret to a file, and --restart-command has a password in it',
      'Put the command into a script on the instances, and name that.',
    );
  }
}

function requireFolder(path: string): void {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw refused(`--save ${path}: there is no folder ${folder}`, 'Make it, or name a file in another.');
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    const why = code === 'EISDIR' ? 'it is a folder' : message;
    throw refused(`--save ${path}: ${why}`, 'Name a file that can be written.', cause);
  }
}

function isThere(path: string): WizardError {
  return refused(
    `--save ${path}: the file is there already, and is not overwritten`,
    `Use it with --config ${path}, or name another.`,
  );
}

function refused(message: string, hint: string, cause?: unknown): WizardError {
  return new WizardError('InvalidInput', message, { hint, cause });
}
