/**
 * The folder that is the whole PATH of scripts on instances: the shell, Node and the usual small programs of this
 * machine, and commands of the sandbox's own in the place of those that would reach beyond it.
 */
import { accessSync, constants, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SMALL_PROGRAMS = [
  ...['awk', 'base64', 'basename', 'cat', 'chmod', 'cksum', 'cp', 'cut', 'date', 'diff', 'dirname', 'echo'],
  ...['env', 'expr', 'false', 'find', 'grep', 'gzip', 'head', 'id', 'install', 'ln', 'ls', 'mkdir', 'mktemp'],
  ...['mv', 'od', 'printf', 'pwd', 'rm', 'rmdir', 'sed', 'seq', 'sh', 'sha256sum', 'sleep', 'sort', 'stat'],
  ...['sync', 'tail', 'tee', 'test', 'timeout', 'touch', 'tr', 'true', 'uname', 'uniq', 'wc', 'xargs'],
];

/** An instance's root may do what this machine's user may not, and needs no other name for it. */
const STAND_INS: Readonly<Record<string, string>> = {
  chgrp: 'exit 0',
  chown: 'exit 0',
  sudo: 'while :; do case "$1" in -u|-g) shift 2 ;; -*|*=*) shift ;; *) break ;; esac; done\nexec "$@"',
};

/** `instanceCommand`: the built program behind `aws` and `systemctl`. */
export function createTools(folder: string, instanceCommand: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of SMALL_PROGRAMS) {
    const found = programOnPath(name);
    if (found !== undefined) symlinkSync(found, join(folder, name));
  }
  symlinkSync(process.execPath, join(folder, 'node'));
  const asks = (name: string) =>
    // Out of the VPC, to where the sandbox listens.
    `unset NODE_OPTIONS\nexec ${quoted(process.execPath)} ${quoted(instanceCommand)} ${name} "$@"`;
  const commands = { ...STAND_INS, aws: asks('aws'), systemctl: asks('systemctl') };
  for (const [name, text] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o700 });
  }
  return folder;
}

function programOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
