/**
 * How an app is told where its cache is: the variables of a profile, and what stands in each. A value is a template
 * with placeholders, so that any spelling an app wants can be written down without a rule of its own here. A brace that
 * is meant is written twice: `{{jobs}}` is `{jobs}`, a hash tag.
 */
import type { Endpoint } from './outputs.ts';
import type { Auth } from './settings.ts';

/** All that a value can speak of. */
export interface Connection {
  readonly endpoint: Endpoint;
  /** Where there are replicas to read from. */
  readonly readerEndpoint?: Pick<Endpoint, 'address' | 'port'> | undefined;
  /** Absent: no AUTH. */
  readonly password?: string | undefined;
}

export const PROFILES = ['url', 'split', 'bullmq', 'elasticache', 'celery'] as const;
export type Profile = (typeof PROFILES)[number];

const BRACES = /\{\{|\}\}|\{([A-Za-z]+)\}/g;
const WITH_PASSWORD: readonly string[] = ['url', 'password'];

/** Variable by variable. Those that are nothing but the password are there only where there is one. */
const VARIABLES: Readonly<Record<Profile, Readonly<Record<string, string>>>> = {
  url: { REDIS_URL: '{url}' },
  split: {
    REDIS_HOST: '{host}',
    REDIS_PORT: '{port}',
    REDIS_DB: '{db}',
    REDIS_TLS: '{tls}',
    REDIS_PASSWORD: '{password}',
  },
  bullmq: {
    REDIS_URL: '{url}',
    REDIS_QUEUE_URL: '{url}',
    REDIS_PUBSUB_URL: '{url}',
    REDIS_TLS: '{tls}',
  },
  elasticache: {
    ELASTICACHE_ENDPOINT: '{host}',
    ELASTICACHE_PORT: '{port}',
    REDIS_SSL: '{tls}',
    ELASTICACHE_AUTH_TOKEN: '{password}',
  },
  // Celery takes no rediss:// URL that does not say what is asked of the certificate (kombu, "ssl_cert_reqs").
  celery: {
    CELERY_BROKER_URL: '{url}/{db}{certificate}',
    CELERY_RESULT_BACKEND: '{url}/{db}{certificate}',
    REDIS_TLS: '{tls}',
    REDIS_PASSWORD: '{password}',
  },
};

export function templatesOf(profile: Profile, auth: Auth): Readonly<Record<string, string>> {
  const variables = Object.entries(VARIABLES[profile]);
  return Object.fromEntries(variables.filter(([, template]) => auth !== 'none' || template !== '{password}'));
}

/** Variables that are read by an app of that profile and of no other; the most telling first. */
const SIGNS: readonly (readonly [Profile, readonly string[]])[] = [
  ['bullmq', ['REDIS_URL', 'REDIS_QUEUE_URL']],
  ['url', ['REDIS_URL']],
  ['celery', ['CELERY_BROKER_URL']],
  ['elasticache', ['ELASTICACHE_ENDPOINT']],
  ['split', ['REDIS_HOST', 'REDIS_PORT']],
];

/** The profile whose variables an app has already. */
export function profileOf(names: readonly string[]): Profile | undefined {
  return SIGNS.find(([, signs]) => signs.every((sign) => names.includes(sign)))?.[0];
}

/** Whether the value holds the password, so that it may stand nowhere but in a secret. */
export function holdsPassword(template: string, auth: Auth): boolean {
  return auth !== 'none' && placeholdersOf(template).some((name) => WITH_PASSWORD.includes(name));
}

/** What is wrong with a template, or undefined. */
export function templateProblem(template: string, auth: Auth): string | undefined {
  for (const name of placeholdersOf(template)) {
    if (!Object.hasOwn(PARTS, name)) {
      const known = Object.keys(PARTS).map((each) => `{${each}}`);
      return `has the placeholder {${name}}, and there are ${known.join(', ')}; {{${name}}} stands for {${name}} itself`;
    }
    if (name === 'password' && auth === 'none') return 'speaks of a password, and the cache has none';
  }
  return undefined;
}

export function speaksOfCache(template: string): boolean {
  return placeholdersOf(template).length > 0;
}

function placeholdersOf(template: string): string[] {
  return [...template.matchAll(BRACES)].flatMap(([, name]) => name ?? []);
}

/** Of a template without placeholders. */
export function literalOf(template: string): string {
  return template.replaceAll('{{', '{').replaceAll('}}', '}');
}

export function render(template: string, connection: Connection): string {
  const inUrl = template.includes('://');
  return template.replace(BRACES, (braces: string, name: string | undefined) => {
    if (name === undefined) return braces.charAt(0);
    const part = PARTS[name]?.(connection);
    if (part === undefined) return braces;
    return inUrl && name === 'password' ? encodeURIComponent(part) : part;
  });
}

const PARTS: Readonly<Record<string, (connection: Connection) => string>> = {
  url: urlOf,
  scheme: ({ endpoint }) => schemeOf(endpoint),
  host: ({ endpoint }) => endpoint.address,
  port: ({ endpoint }) => String(endpoint.port),
  readerHost: ({ readerEndpoint, endpoint }) => (readerEndpoint ?? endpoint).address,
  readerPort: ({ readerEndpoint, endpoint }) => String((readerEndpoint ?? endpoint).port),
  endpoints: ({ endpoint }) => `${endpoint.address}:${endpoint.port}`,
  password: ({ password = '' }) => password,
  tls: ({ endpoint }) => String(endpoint.tls),
  db: () => '0',
  certificate: ({ endpoint }) => (endpoint.tls ? '?ssl_cert_reqs=required' : ''),
};

/** Without a user name: both an AUTH token and the password of a user named default are asked for without one. */
function urlOf({ endpoint, password }: Connection): string {
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return `${schemeOf(endpoint)}://${credentials}${endpoint.address}:${endpoint.port}`;
}

function schemeOf({ tls }: Endpoint): string {
  return tls ? 'rediss' : 'redis';
}
