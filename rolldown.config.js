import { readFileSync, rmSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import {
  luaWithoutComments,
  namedErrorsOnly,
  oneSiteAlone,
  schemasOfTheSandbox,
  tabWithoutAssertions,
  unicodeOnUse,
  withoutJsonSchema,
} from './build/lighter-packages.js';
import { preparedAnswers } from './build/preparation.js';
import { thirdPartyNotices } from './build/third-party.js';

// What runs in a process of its own, each in one self-contained file: it is started, or sent, from where nothing else is.
const programs = {
  preload: 'src/sandbox/network/preload.ts',
  'instance-command': 'src/sandbox/images/instance-command.ts',
  'session-manager-plugin': 'src/sandbox/ssm/session-manager-plugin.ts',
  probe: 'src/probe/programs/probe.ts',
};
// The apps of the sandbox: they share what they have in common.
const apps = {
  'collabcanvas-backend': 'src/sandbox/images/collabcanvas-backend.ts',
  'funmagic-worker': 'src/sandbox/images/funmagic-worker.ts',
  'kempian-app': 'src/sandbox/images/kempian-app.ts',
  'close-up-api': 'src/sandbox/images/close-up-api.ts',
};
const copies = ['src/probe/programs/probe.py', 'src/probe/programs/probe.sh'];

const notices = thirdPartyNotices('dist/THIRD-PARTY-NOTICES.txt');

// Small: the package is fetched by npx, and the probe travels in a task definition or a command.
const common = {
  platform: 'node',
  // The SDK's CommonJS builds cannot be shaken: 1.3 MB instead of 350 kB, and three times the start.
  resolve: { mainFields: ['module', 'main'] },
};
const programOutput = {
  dir: 'dist/programs',
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  minify: true,
  comments: false,
};

// A file costs as much as 20 kB in it: what commands load anyway comes in few. Each with all that it imports, and what
// stands first is taken first, so that none waits for another in a circle.
const chunks = [
  { name: 'start', test: /src\/cli\/run\.ts$/ },
  { name: 'aws', test: /src\/aws\/clients\.ts$/ },
  { name: 'project', test: /src\/cli\/(opening\/project|applying\/planning)\.ts$/ },
  { name: 'checks', test: /src\/cli\/checking\/checking\.ts$/ },
];

/** The start is a program of its own, which goes over to the other one. */
const mainApart = () => ({
  name: 'main-apart',
  resolveId: { filter: { id: /^\.\/main\.ts$/ }, handler: () => ({ id: './main.js', external: true }) },
});

// Chunks carry hashes in their names: those of an earlier build would stay and be packed.
rmSync('dist', { recursive: true, force: true });

export default defineConfig([
  ...Object.entries(programs).map(([name, input]) => ({
    ...common,
    // The probe runs in whatever image the app has.
    ...(name === 'probe' ? { transform: { target: 'node14' } } : {}),
    input: { [name]: input },
    output: { ...programOutput, codeSplitting: false },
    plugins: [notices],
  })),
  { ...common, input: apps, output: programOutput, plugins: [luaWithoutComments(), notices] },
  {
    ...common,
    input: { start: 'src/start.ts' },
    output: { ...programOutput, dir: 'dist' },
    plugins: [mainApart(), tabWithoutAssertions(), preparedAnswers(common), notices],
  },
  {
    ...common,
    input: { main: 'src/main.ts' },
    output: {
      dir: 'dist',
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      minify: true,
      comments: false,
      codeSplitting: { groups: chunks },
    },
    plugins: [
      namedErrorsOnly(),
      schemasOfTheSandbox(),
      oneSiteAlone(),
      unicodeOnUse(),
      withoutJsonSchema(),
      notices,
      {
        name: 'copy-programs',
        generateBundle() {
          for (const file of copies) {
            this.emitFile({
              type: 'asset',
              fileName: file.replace(/^src\/probe\//, ''),
              source: readFileSync(file),
            });
          }
        },
      },
    ],
  },
]);
