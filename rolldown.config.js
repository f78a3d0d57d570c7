import { readFileSync, rmSync } from 'node:fs';
import { defineConfig } from 'rolldown';

// What runs in a process of its own: each is one self-contained file in dist/programs.
const programs = {
  preload: 'src/sandbox/network/preload.ts',
  'collabcanvas-backend': 'src/sandbox/images/collabcanvas-backend.ts',
  'funmagic-worker': 'src/sandbox/images/funmagic-worker.ts',
  'kempian-app': 'src/sandbox/images/kempian-app.ts',
  'close-up-api': 'src/sandbox/images/close-up-api.ts',
  'instance-command': 'src/sandbox/images/instance-command.ts',
  'session-manager-plugin': 'src/sandbox/ssm/session-manager-plugin.ts',
  probe: 'src/probe/programs/probe.ts',
};
const copies = ['src/probe/programs/probe.py', 'src/probe/programs/probe.sh'];

// Small: the package is fetched by npx, and the probe travels in a task definition or a command.
const common = {
  platform: 'node',
  // The SDK's CommonJS builds cannot be shaken: 1.3 MB instead of 350 kB, and three times the start.
  resolve: { mainFields: ['module', 'main'] },
};

// Chunks carry hashes in their names: those of an earlier build would stay and be packed.
rmSync('dist', { recursive: true, force: true });

export default defineConfig([
  ...Object.entries(programs).map(([name, input]) => ({
    ...common,
    // The probe runs in whatever image the app has.
    ...(name === 'probe' ? { transform: { target: 'node14' } } : {}),
    input: { [name]: input },
    output: {
      dir: 'dist/programs',
      format: 'cjs',
      entryFileNames: '[name].cjs',
      minify: true,
      codeSplitting: false,
    },
  })),
  {
    ...common,
    input: { main: 'src/main.ts' },
    output: {
      dir: 'dist',
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      minify: true,
    },
    plugins: [
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
