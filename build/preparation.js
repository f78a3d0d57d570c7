/** Runs `src/cli/preparation.ts`, and puts what it prepares beside the bundle. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

export function preparedAnswers(common) {
  return {
    name: 'prepared-answers',
    async generateBundle() {
      const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
      for (const [name, source] of Object.entries(await preparedWith(common, version)))
        this.emitFile({ type: 'asset', fileName: `prepared/${name}`, source });
    },
  };
}

async function preparedWith(common, version) {
  const dir = mkdtempSync(join(tmpdir(), 'elasticache-wizard-build-'));
  try {
    const bundle = await rolldown({ ...common, input: 'src/cli/preparation.ts' });
    await bundle.write({ dir, format: 'esm', entryFileNames: 'preparation.mjs', codeSplitting: false });
    await bundle.close();
    const { prepare } = await import(pathToFileURL(join(dir, 'preparation.mjs')).href);
    return prepare(version);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
