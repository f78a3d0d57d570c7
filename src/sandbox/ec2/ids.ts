/** Resource ids as EC2 makes them: a prefix and 17 hexadecimal digits. The same account gets the same ids in every run. */
import { createHash } from 'node:crypto';

export type IdSource = (prefix: string) => string;

export function idSource(seed: string): IdSource {
  let count = 0;
  return (prefix) => {
    count += 1;
    const digest = createHash('sha256').update(`${seed} ${prefix} ${count}`).digest('hex');
    return `${prefix}-0${digest.slice(0, 16)}`;
  };
}
