/** Tests that start programs of their own need dist; `npm test` builds it first, a single test file may not have. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export default function setup(): void {
  if (!existsSync('dist/programs/preload.cjs')) execFileSync('npm', ['run', 'build'], { stdio: 'inherit' });
}
