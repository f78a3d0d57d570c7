/** Errors of Redis clients as apps log them, and what each means. */
export interface Symptom {
  readonly word: string;
  readonly meaning: string;
  readonly fix: string;
}

interface Reply extends Symptom {
  /** The reply itself: its first word is one that apps use too (“user 17 REMOVED”, “MOVED to trash”). */
  readonly form: RegExp;
}

/**
 * Redis's own replies: a line with one of them is about Redis, whatever else it says. redis-py has a class for each
 * and leaves the first word out, so some are known by what follows it.
 */
const REPLIES: readonly Reply[] = [
  {
    word: 'NOAUTH',
    form: /\bNOAUTH Authentication required\b|\bAuthenticationError: Authentication required\b/,
    meaning: 'the cache wants a password',
    fix: 'Hand the cache’s token to the app.',
  },
  {
    word: 'WRONGPASS',
    form: /\bWRONGPASS invalid username-password\b|\binvalid username-password pair\b/,
    meaning: 'the cache refuses the password',
    fix: 'Hand the cache’s current token to the app, and start new tasks.',
  },
  {
    word: 'READONLY',
    form: /\bYou can.t write against a read only (replica|slave)\b/,
    meaning: 'the app writes to a replica',
    fix: 'Use the primary endpoint; after a failover, a client that reconnects.',
  },
  {
    word: 'MOVED',
    form: /\b(MOVED|MovedError:) \d{1,5} \S+:\d+/,
    meaning: 'a client without cluster mode talks to a cache with it',
    fix: 'Use a cluster client, or a cache without cluster mode.',
  },
  {
    word: 'CROSSSLOT',
    form: /\bCROSSSLOT Keys in request\b|\bKeys in request don.t hash to the same slot\b/,
    meaning: 'one command touches keys of several shards',
    fix: 'Use hash tags, or a cache without cluster mode.',
  },
  {
    word: 'OOM',
    form: /\bcommand not allowed when used memory\b/,
    meaning: 'the cache is full and evicts nothing',
    fix: 'A larger node, shorter lives, or another maxmemory-policy.',
  },
  {
    word: 'NOPERM',
    form: /\bNOPERM\b.* no permissions\b|\bNOPERM No permissions\b/i,
    meaning: 'the cache’s user may not do this',
    fix: 'Widen the access string of the user.',
  },
];

/** Words of the network: a line with one of them may be about a database as well. */
const NETWORK: readonly Symptom[] = [
  {
    word: 'ECONNREFUSED',
    meaning:
      'nothing listens there: a wrong port, or the variable is not read and the client tries localhost',
    fix: 'Compare the variable that the app reads with the one that is set.',
  },
  {
    word: 'ETIMEDOUT',
    meaning: 'packets do not arrive, or a TLS client meets a plaintext port',
    fix: 'Look at the checks ingress and ping.',
  },
  {
    word: 'ENOTFOUND',
    meaning: 'the host name does not resolve',
    fix: 'Compare the variable with the cache’s endpoint.',
  },
  { word: 'EAI_AGAIN', meaning: 'the VPC’s DNS does not answer', fix: 'Turn on DNS support of the VPC.' },
  {
    word: 'ECONNRESET',
    meaning: 'the connection is cut off: plaintext to a TLS port does that',
    fix: 'Use rediss:// with a cache that takes TLS only.',
  },
  {
    word: 'EPIPE',
    meaning: 'the connection is cut off: plaintext to a TLS port does that',
    fix: 'Use rediss:// with a cache that takes TLS only.',
  },
  ...[
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERTIFICATE_VERIFY_FAILED',
  ].map((word) => ({
    word,
    meaning: 'the certificate is not trusted',
    fix: 'Connect by the endpoint’s own name, with the public Amazon roots in the image.',
  })),
];

/** What filters lines on the server's side, where phrases are found and expressions are not. */
export const SYMPTOM_PHRASES: readonly string[] = [
  ...NETWORK.map(({ word }) => word),
  'Authentication required',
  'invalid username-password',
  'read only',
  'MOVED',
  'MovedError',
  'Keys in request',
  'command not allowed',
  'NOPERM',
];

/** The client's name or the cache's address; not “rediscover”, “redistribute”. */
const ABOUT_REDIS = /redis(?!cover|tri[bc])|valkey|:6379\b|\.cache\.amazonaws\.com/i;

/** Undefined for a line that is not about Redis, as far as it says. */
export function symptomOf(line: string): Symptom | undefined {
  const reply = REPLIES.find(({ form }) => form.test(line));
  if (reply) return reply;
  if (!ABOUT_REDIS.test(line)) return undefined;
  return NETWORK.find(({ word }) => new RegExp(`\\b${word}\\b`).test(line));
}
