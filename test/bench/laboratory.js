/**
 * The same command line under another clock, bundled as the package is: a client whose waits pass as fast as those of
 * the sandbox beside it, and one in the sandbox's own process, where time is virtual and a run's length is exact.
 */
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT, temporaryFolder } from './measuring.js';

export async function buildLaboratory() {
  const folder = temporaryFolder();
  const entry = (name) => join(ROOT, 'test', 'bench', 'laboratory', `${name}.js`);
  const bundle = await rolldown({
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
    input: { 'fast-client': entry('fast-client'), 'virtual-account': entry('virtual-account') },
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    minify: true,
  });
  await bundle.close();
  const programs = join(ROOT, 'dist', 'programs', '/');
  return {
    fastClient: (speed) => [process.execPath, join(folder, 'fast-client.mjs'), programs, String(speed)],
    virtualAccount: [process.execPath, join(folder, 'virtual-account.mjs'), programs],
  };
}
