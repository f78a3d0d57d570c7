/** Errors of Redis clients as apps log them, and what each means. */
export interface Symptom {
  readonly word: string;
  readonly meaning: string;
  readonly fix: string;
}

/** Redis's own words: a line with one of them is about Redis, whatever else it says. */
const REPLIES: readonly Symptom[] = [
  { word: 'NOAUTH', meaning: 'the cache wants a password', fix: 'Hand the cache’s token to the app.' },
  {
    word: 'WRONGPASS',
    meaning: 'the cache refuses the password',
    fix: 'Hand the cache’s current token to the app, and start new tasks.',
  },
  {
    word: 'READONLY',
    meaning: 'the app writes to a replica',
    fix: 'Use the primary endpoint; after a failover, a client that reconnects.',
  },
  {
    word: 'MOVED',
    meaning: 'a client without cluster mode talks to a cache with it',
    fix: 'Use a cluster client, or a cache without cluster mode.',
  },
  {
    word: 'CROSSSLOT',
    meaning: 'one command touches keys of several shards',
    fix: 'Use hash tags, or a cache without cluster mode.',
  },
  {
    word: 'OOM command not allowed',
    meaning: 'the cache is full and evicts nothing',
    fix: 'A larger node, shorter lives, or another maxmemory-policy.',
  },
  {
    word: 'NOPERM',
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

/** What filters lines on the server's side. */
export const SYMPTOM_WORDS: readonly string[] = [...REPLIES, ...NETWORK].map(({ word }) => word);

/** Undefined for a line that is not about Redis, as far as it says. */
export function symptomOf(line: string): Symptom | undefined {
  const reply = REPLIES.find(({ word }) => line.includes(word));
  if (reply) return reply;
  return /redis|valkey|:6379\b|\.cache\.amazonaws\.com/i.test(line)
    ? NETWORK.find(({ word }) => line.includes(word))
    : undefined;
}
