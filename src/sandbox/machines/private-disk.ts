/** An instance's disk: a private folder of the sandbox in which its paths are found again. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PrivateDisk {
  /** Where `path` of the instance really is. */
  real(path: string): string;
  /** A text in which the paths of the instance's own folders are the real ones. */
  inside(text: string): string;
  /** Undefined where there is no such file. */
  read(path: string): string | undefined;
  write(path: string, text: string, mode?: number): void;
}

const FOLDERS = ['etc', 'home', 'opt', 'root', 'run', 'srv', 'tmp', 'var'];
/** Not after what makes it a part of something longer: a URL, a relative path, a variable. */
const OWN_PATH = new RegExp(`(?<![\\w.~/}\\])-])/(?=(?:${FOLDERS.join('|')})(?![\\w-]))`, 'g');

export function createDisk(folder: string): PrivateDisk {
  const real = (path: string): string => join(folder, path);
  for (const name of FOLDERS) mkdirSync(real(name), { recursive: true, mode: 0o700 });
  return {
    real,
    inside: (text) => text.replace(OWN_PATH, () => `${folder}/`),
    read(path) {
      try {
        return readFileSync(real(path), 'utf8');
      } catch {
        return undefined;
      }
    },
    write(path, text, mode = 0o600) {
      mkdirSync(dirname(real(path)), { recursive: true, mode: 0o700 });
      writeFileSync(real(path), text, { mode });
      // The mode above is for new files only.
      chmodSync(real(path), mode);
    },
  };
}
