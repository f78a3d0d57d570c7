/** Where the caches of an app answer by now. */
import type { Aws } from '../../aws/aws.ts';
import { cachesOf } from '../../domain/consumer.ts';
import type { Endpoint } from '../../domain/outputs.ts';

export async function readEndpoints(
  consumer: Parameters<typeof cachesOf>[0],
  { caches }: Pick<Aws, 'caches'>,
): Promise<(cache: string) => Endpoint | undefined> {
  const names = cachesOf(consumer);
  const living = await Promise.all(names.map((name) => caches.read(name)));
  return (cache) => {
    const found = living[names.indexOf(cache)];
    return found?.endpoint && { ...found.endpoint, tls: found.transitEncryption };
  };
}
