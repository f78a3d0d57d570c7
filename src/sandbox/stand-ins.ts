/** A folder for the PATH of this machine's user: programs of AWS's that speak to the sandbox in the place of AWS. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `plugin`: the built program behind `session-manager-plugin`. */
export function createStandIns(folder: string, plugin: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const command = [process.execPath, plugin];
  const sh = `exec ${command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')} "$@"`;
  writeFileSync(join(folder, 'session-manager-plugin'), `#!/bin/sh\n${sh}\n`, { mode: 0o700 });
  return folder;
}
