/** The probe in its three languages, as built. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function readProbePrograms(folder: string): { node: string; python3: string; sh: string } {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { node: read('probe.cjs'), python3: read('probe.py'), sh: read('probe.sh') };
}
