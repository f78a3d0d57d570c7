/** How a library connects to a cache that is there: the published file, with the app's own variables in place. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { templateOf, type ClientLibrary } from '../domain/clients.ts';
import { WizardError } from '../errors.ts';
import { clientSnippet, type Handed } from '../output/client-snippet.ts';
import type { ResultClient } from '../output/result.ts';

export interface Connected extends Handed {
  readonly cacheName: string;
  /** Cluster mode or serverless: a client is told of nodes. */
  readonly clustered: boolean;
}

/** Throws where the library knows no such cache. */
export function clientFile(client: ClientLibrary, to: Connected, programsFolder: string): ResultClient {
  const name = templateOf(client, to.clustered);
  if (name === undefined) {
    throw new WizardError(
      'InvalidInput',
      `${client} wants a cache of one shard, and ${to.cacheName} is serverless or in cluster mode`,
      { hint: 'A queue needs a cache of its own: setup --workload queue makes one that fits.' },
    );
  }
  const text = readFileSync(join(programsFolder, '..', '..', 'templates', 'clients', name), 'utf8');
  return {
    library: client,
    template: `templates/clients/${name}`,
    text: clientSnippet(client, text, to),
  };
}
