import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A real server on a busy machine takes longer than the second that is given by default.
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 3,
    // The SDK's clients take a second to load: once a worker, not once a file.
    isolate: false,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
