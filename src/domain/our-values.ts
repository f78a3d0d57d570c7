/** Which plain values of an app's variables are ours: those that lead to one of the project's caches. */

/** Scheme and credentials may be there or not; credentials end at the last @. */
const PLACE = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:.*@)?([a-z0-9.-]+)(?::\d{1,5})?(?:[/?#].*)?$/i;
const ELASTICACHE = /\.cache\.amazonaws\.com(\.cn)?$/;

/** `addresses` of one that lives; none where it is gone, and then its name in the host name tells. */
export interface CachePlace {
  readonly name: string;
  readonly addresses: readonly string[] | undefined;
  /** Others have made it, and may have used it before us. */
  readonly adopted?: boolean;
}

export function leadsTo(places: readonly CachePlace[], value: string): boolean {
  const host = PLACE.exec(value)?.[1]?.toLowerCase();
  if (host === undefined) return false;
  return places.some(({ name, addresses }) =>
    addresses === undefined
      ? ELASTICACHE.test(host) && isNamedAfter(host, name)
      : addresses.some((address) => address.toLowerCase() === host),
  );
}

/** `master.<name>.…`, or `<name>-<six letters>.serverless.…`. */
function isNamedAfter(host: string, name: string): boolean {
  const labels = host.split('.');
  return labels.includes(name) || (labels[1] === 'serverless' && labels[0]?.replace(/-[^-]+$/, '') === name);
}
