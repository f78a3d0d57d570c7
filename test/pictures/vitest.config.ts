/** `npm run pictures`: a recording is a test that fails where the screen does not show what it waits for. */
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '../..'),
    include: ['test/pictures/*.record.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    // Commands read files of the folder in which they are typed.
    pool: 'forks',
    fileParallelism: false,
    reporters: ['verbose'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
