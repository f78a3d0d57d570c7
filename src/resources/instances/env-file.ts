/**
 * Values in a file on this machine, as systemd, Docker and shells read it: only our variables, for its owner alone.
 * Its first line says that it is ours; a file without it is somebody else's.
 */
import type { Blocked } from '../../domain/change.ts';
import { createHash, randomBytes } from 'node:crypto';
import { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WizardError } from '../../errors.ts';
import type { InstanceValue, ValueStore } from './value-store.ts';

const BEGINNING = '# Written by elasticache-wizard';
const OWNER = new RegExp(`^${BEGINNING} for the project ([^,]*), app (.*): `);
const RESTARTED = '# The instances have been restarted with these values.';
/** Tells a writing from an earlier one of the same values, which the instances may not run with any more. */
const WRITING = /^# Writing [0-9a-f]{12}\n/m;
/** Means the same to all that read such files, without quotes. */
const PLAIN = /^[\w@%+=:,./?-]*$/;

export interface EnvFileOwner {
  readonly project: string;
  readonly app: string;
}

export function envFile(name: string, owner: EnvFileOwner): ValueStore {
  const path = resolve(name);
  /** As it was before this run wrote it. */
  let before: { readonly text: string | undefined } | undefined;

  function read(): string | undefined | Blocked {
    const text = readText(path);
    if (text === undefined || isOf(text, owner)) return text;
    return foreignFile(path);
  }

  function requireText(): string | undefined {
    const found = read();
    if (typeof found === 'object') throw new WizardError('NotOurs', found.reason, { hint: found.hint });
    return found;
  }

  return {
    placeOf: () => path,

    read() {
      const text = read();
      if (typeof text === 'object') return Promise.resolve(text);
      if (text === undefined) {
        const obstacle = folderObstacle(path);
        if (obstacle) return Promise.resolve(obstacle);
      }
      return Promise.resolve({
        values: valuesIn(text ?? ''),
        restarted: text?.includes(RESTARTED) === true,
        stamp: createHash('sha256')
          .update(contentOf(text ?? ''))
          .digest('hex')
          .slice(0, 16),
      });
    },

    write(values) {
      const text = requireText();
      const wanted = textOf(values, owner);
      if (contentOf(text ?? '').replace(WRITING, '') === wanted.replace(WRITING, ''))
        return Promise.resolve();
      before ??= { text };
      writeWhole(path, wanted);
      return Promise.resolve();
    },

    markRestarted() {
      const text = requireText();
      if (text !== undefined && !text.includes(RESTARTED)) writeWhole(path, `${text}${RESTARTED}\n`);
      return Promise.resolve();
    },

    putBack() {
      const text = requireText();
      if (text === undefined || text.includes(RESTARTED)) return Promise.resolve(true);
      if (!before) return Promise.resolve(false);
      if (before.text === undefined) rmSync(path, { force: true });
      else writeWhole(path, before.text);
      return Promise.resolve(true);
    },
  };
}

/** Whose it is, by its first line; undefined: there is none. */
export function envFileOwner(name: string): EnvFileOwner | 'somebody else' | undefined {
  const text = readText(resolve(name));
  return text === undefined ? undefined : (ownerOf(text) ?? 'somebody else');
}

/** Gone is success. */
export function removeEnvFile(name: string): void {
  rmSync(resolve(name), { force: true });
}

/** The name of a project holds no comma. */
function ownerOf(text: string): EnvFileOwner | undefined {
  const [first = ''] = text.split('\n');
  const [, project, app] = OWNER.exec(first) ?? [];
  return project === undefined || app === undefined ? undefined : { project, app };
}

function isOf(text: string, { project, app }: EnvFileOwner): boolean {
  const owner = ownerOf(text);
  return owner?.project === project && owner.app === app;
}

function headerOf({ project, app }: EnvFileOwner): string {
  return `${BEGINNING} for the project ${project}, app ${app}: without this line it is left alone.`;
}

function textOf(values: readonly InstanceValue[], owner: EnvFileOwner): string {
  const lines = values.map(({ name, value }) => `${name}=${quoted(value)}`);
  const writing = `# Writing ${randomBytes(6).toString('hex')}`;
  return [headerOf(owner), writing, ...lines, ''].join('\n');
}

function contentOf(text: string): string {
  return text.replace(`${RESTARTED}\n`, '');
}

/** Which of them are secrets the file does not tell: all are kept alike. */
function valuesIn(text: string): Map<string, InstanceValue> {
  return new Map(
    text.split('\n').flatMap((line): [string, InstanceValue][] => {
      const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, { name, value: unquoted(value), secret: false }]];
    }),
  );
}

function quoted(value: string): string {
  return PLAIN.test(value) ? value : `"${value.replace(/["\\$`]/g, '\\$&')}"`;
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(["\\$`])/g, '$1') : text;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable('Reading', path, error);
  }
}

/** Whoever reads it finds the whole of the old one or of the new one, and a file of its owner alone from the first moment. */
function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unusable('Writing', path, error);
  }
}

function unusable(doing: string, path: string, error: unknown): WizardError {
  return new WizardError('OperationFailed', `${doing} ${path}: ${(error as Error).message}`, {
    hint: 'Name a file that you may write: --env-file.',
    cause: error,
  });
}

function folderObstacle(path: string): Blocked | undefined {
  try {
    accessSync(dirname(path), constants.W_OK);
    return undefined;
  } catch {
    return {
      action: 'blocked',
      reason: `${dirname(path)} is not there, or nothing may be written into it`,
      hint: 'Name a file that you may write: --env-file.',
    };
  }
}

function foreignFile(path: string): Blocked {
  return {
    action: 'blocked',
    reason: `${path} exists already and was not written by this tool for this app`,
    hint: 'Nothing was changed. Name another file (--env-file), and have the app read both.',
  };
}
