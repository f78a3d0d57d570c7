/** How an app is told where its cache is. */
import type { Endpoint } from './outputs.ts';

export function redisUrl(endpoint: Endpoint): string {
  return `${endpoint.tls ? 'rediss' : 'redis'}://${endpoint.address}:${endpoint.port}`;
}

/** A value fit for the screen: passwords in URLs are masked, whatever else they contain. */
export function maskPassword(value: string): string {
  return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_, scheme: string, credentials: string) => {
    const user = credentials.includes(':') ? credentials.slice(0, credentials.indexOf(':')) : '';
    return `${scheme}${user}:****@`;
  });
}

/** Free text, such as a line of a log: the password of every URL in it is masked. */
export function maskPasswords(text: string): string {
  return text.replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, maskPassword);
}
