/** The words of a command, as a shell has them. */
import { execFileSync } from 'node:child_process';

export function wordsOf(line: string, env: NodeJS.ProcessEnv = {}): string[] {
  const words = execFileSync('sh', ['-c', `set -f; printf '%s\\0' ${line}`], { env, encoding: 'utf8' });
  return words.split('\0').slice(0, -1);
}
