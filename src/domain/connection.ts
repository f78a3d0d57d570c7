/** How an app is told where its cache is, and what of such a value may be shown. */
import type { Endpoint } from './outputs.ts';

export function redisUrl(endpoint: Endpoint): string {
  return `${endpoint.tls ? 'rediss' : 'redis'}://${endpoint.address}:${endpoint.port}`;
}

const HIDDEN = '****';

/**
 * Scheme, credentials, host with port, path, the rest. Credentials end at the last @, and one behind a /, ? or # has
 * no certain meaning: parsers differ, and what looks like the host may be half a password.
 */
const URL_PARTS =
  /^([a-z][a-z0-9+.-]*:\/\/)([^\s/?#\\]*@)?((?:[a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::\d{1,5}){0,2})(\/[^@?#]*)?([?#][^@]*)?$/i;

/** 'app.secret:12345' may be a user and a password; these can only be places. */
const BARE_PLACE =
  /^(localhost|\d{1,3}(\.\d{1,3}){3}|[a-z0-9.-]+\.cache\.amazonaws\.com(\.cn)?)(:\d{1,5})?(\/\d{1,3})?$/i;

const SCHEMES =
  /^(rediss?|valkeys?|https?|wss?|tcp|tls|unix|mongodb(\+srv)?|postgres(ql)?|mysql|amqps?):\/\/$/i;

/** A port, a database, a switch. */
const BARE_PART = /^(\d{1,5}|true|false|yes|no|on|off)$/i;

/** A value fit for the screen: scheme, host, port and database where these are certain, else nothing of it. */
export function maskPassword(value: string): string {
  if (value === '' || BARE_PLACE.test(value) || BARE_PART.test(value)) return value;
  const [, scheme = '', credentials, place = '', path = '', rest] = URL_PARTS.exec(value) ?? [];
  // What stands before :// could itself be the secret, unless it is a scheme that exists.
  if (!SCHEMES.test(scheme)) return HIDDEN;
  const database = /^(\/\d{0,3})?$/.test(path) ? path : `/${HIDDEN}`;
  const query = rest === undefined ? '' : `${rest.charAt(0)}${HIDDEN}`;
  return `${scheme}${credentials === undefined ? '' : `${HIDDEN}@`}${place}${database}${query}`;
}

/** Credentials may hold spaces; then what follows up to the @ belongs to them. A port is no such beginning. */
const URL_IN_TEXT = /[a-z][a-z0-9+.-]*:\/\/(?:[^\s@/]*:(?!\d{1,5}(?:[/?#\s"'),;]|$))[^@\n]*@\S+|\S+)/gi;
/** What closes a sentence or a bracket is not the address's. */
const CLOSING = /["'`)\]}>,;.]+$/;
/** `password: 'x'`, `"auth_token":"x"`, `PASSWD=x`. */
const NAMED_SECRET =
  /((?:password|passwd|passphrase|secret|auth[-_]?token|access[-_]?token|api[-_]?key)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s"',;}]+)/gi;
const USER_AND_PASSWORD = /[^\s@:/"']*:[^\s@/]+@[a-z0-9[][\w.:[\]-]*/gi;

/** Free text, such as a line of a log: every address in it is masked, and what is called a password. */
export function maskPasswords(text: string): string {
  return text
    .replace(URL_IN_TEXT, (found) => {
      const closing = CLOSING.exec(found)?.[0] ?? '';
      return `${maskPassword(found.slice(0, found.length - closing.length))}${closing}`;
    })
    .replace(NAMED_SECRET, (_, name: string) => `${name}${HIDDEN}`)
    .replace(USER_AND_PASSWORD, (found) => (found.startsWith('//') ? found : HIDDEN));
}
