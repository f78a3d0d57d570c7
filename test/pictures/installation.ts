/** The built tool as `npm install` would leave it in a project of a user, with the configurations that come with it. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export interface Installation {
  /** Where commands are typed. */
  readonly folder: string;
  readonly programsFolder: string;
  /** Of a user with nothing of their own. */
  readonly env: Readonly<Record<string, string>>;
}

const PACKED = ['package.json', 'bin', 'dist', 'templates'];
const CONFIGS = 'templates/configs';

/** For all recordings of a file, each of which works in its folder. */
export function useInstallation(): () => Installation {
  const left = process.cwd();
  let home: string;
  let installation: Installation;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'pictures-'));
    installation = install(home);
    process.chdir(installation.folder);
  });
  afterAll(() => {
    process.chdir(left);
    rmSync(home, { recursive: true });
  });
  return () => installation;
}

function install(home: string): Installation {
  const folder = join(home, 'project');
  const modules = join(folder, 'node_modules');
  const tool = join(modules, 'elasticache-wizard');
  // A build meanwhile changes nothing here.
  for (const part of PACKED) cpSync(part, join(tool, part), { recursive: true });
  mkdirSync(join(modules, '.bin'));
  symlinkSync('../elasticache-wizard/bin/elasticache-wizard.cjs', join(modules, '.bin/elasticache-wizard'));
  for (const name of readdirSync(CONFIGS)) cpSync(join(CONFIGS, name), join(folder, name));
  const path = [join(modules, '.bin'), dirname(process.execPath), '/usr/bin', '/bin'];
  return {
    folder,
    programsFolder: join(tool, 'dist/programs/'),
    env: {
      PATH: path.join(':'),
      HOME: home,
      LANG: 'C.UTF-8',
      AWS_EC2_METADATA_DISABLED: 'true',
      // npx is to run what is installed, and to ask nobody whether there is a newer npm.
      NPM_CONFIG_OFFLINE: 'true',
      NPM_CONFIG_UPDATE_NOTIFIER: 'false',
    },
  };
}
