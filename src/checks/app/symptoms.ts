/** Errors of Redis clients as apps log them, whatever their language, and what each means. */
import type { Symptom } from '../../domain/app-log.ts';

interface Filtered extends Symptom {
  /** Each line that says it has one of these. */
  readonly phrases: readonly string[];
}

interface Reply extends Filtered {
  /** The reply itself: its first word is one that apps use too (“user 17 REMOVED”, “MOVED to trash”). */
  readonly form: RegExp;
}

interface Trouble extends Filtered {
  /** ioredis and node-redis have the system's own word, redis-py, go-redis and Lettuce its sentence. */
  readonly spellings: readonly string[];
}

const USE_PRIMARY = 'Use the primary endpoint; after a failover, a client that reconnects.';
const WAIT = 'Wait for it: the check cache tells what the cache is doing.';
const SINGLE_CLIENT = 'Use a client without cluster mode, or a cache with it.';

/**
 * Redis's own replies: a line with one of them is about Redis, whatever else it says. redis-py has a class for each
 * and leaves the first word out, so some are known by what follows it.
 */
const REPLIES: readonly Reply[] = [
  {
    word: 'NOAUTH',
    form: /\bNOAUTH (Authentication required|HELLO must be called)|\bredis\S*\.AuthenticationError: Authentication required/i,
    phrases: ['Authentication required', 'HELLO must'],
    meaning: 'the cache wants a password',
    fix: 'Hand the cache’s token to the app.',
  },
  {
    word: 'WRONGPASS',
    form: /\bWRONGPASS invalid username-password\b|\binvalid username-password pair or user is disabled\b/,
    phrases: ['username-password'],
    meaning: 'the cache refuses the password',
    fix: 'Hand the cache’s current token to the app, and start new tasks.',
  },
  {
    word: 'AUTH',
    form: /\bAUTH <password> called without any password configured\b|\bClient sent AUTH, but no password is set\b/,
    phrases: ['without any password', 'no password'],
    meaning: 'the app sends a password, and the cache has none',
    fix: 'Take the password out of what the app is handed, or give the cache one.',
  },
  {
    word: 'READONLY',
    form: /\bYou can.t write against a read only (replica|slave)\b/,
    phrases: ['read only'],
    meaning: 'the app writes to a replica',
    fix: USE_PRIMARY,
  },
  {
    word: 'MOVED',
    form: /\b(MOVED|MovedError:) \d{1,5} \S+:\d+/,
    phrases: ['MOVED', 'MovedError'],
    meaning: 'a client without cluster mode talks to a cache with it',
    fix: 'Use a cluster client, or a cache without cluster mode.',
  },
  {
    word: 'CROSSSLOT',
    form: /\bCROSSSLOT Keys in request\b|\bKeys in request don.t hash to the same slot\b|\ball keys must map to the same key slot\b/,
    phrases: ['Keys in request', 'key slot'],
    meaning: 'one command touches keys of several shards',
    fix: 'Use hash tags, or a cache without cluster mode.',
  },
  {
    word: 'SELECT',
    form: /\bSELECT is not allowed in cluster mode\b/,
    phrases: ['SELECT is not'],
    meaning: 'the app chooses a database, and a cache in cluster mode has 0 alone',
    fix: 'Take the database (/1) out of the URL, or use a cache without cluster mode.',
  },
  {
    word: 'DB index',
    form: /\bERR (DB index is out of range|invalid DB index)\b/,
    phrases: ['DB index'],
    meaning: 'the app chooses a database that the cache does not have',
    fix: 'Use a smaller number in the URL, or the parameter databases.',
  },
  {
    word: 'cluster support disabled',
    form: /\bThis instance has cluster support disabled\b|\bCluster mode is not enabled on this node\b/,
    phrases: ['support disabled', 'Cluster mode'],
    meaning: 'a cluster client talks to a cache without cluster mode',
    fix: SINGLE_CLIENT,
  },
  {
    word: 'ClusterAllFailedError',
    form: /\bFailed to refresh slots cache\b|\bRedis Cluster cannot be connected\b|\bCould not initialize cluster slots cache\b|\bCannot retrieve (initial )?cluster partitions\b/,
    phrases: ['slots cache', 'Redis Cluster', 'cluster partitions'],
    meaning:
      'a cluster client gets the slots from no node: none is reached or lets it in, or the cache has no cluster mode',
    fix: `Compare the address and the password with the cache’s. ${SINGLE_CLIENT}`,
  },
  {
    word: 'CLUSTERDOWN',
    form: /\bCLUSTERDOWN\b.*\b(cluster is down|[Hh]ash slot not served)|\bredis\S*\.ClusterDownError\b/,
    phrases: ['CLUSTERDOWN', 'ClusterDownError'],
    meaning: 'a shard of the cache is down',
    fix: WAIT,
  },
  {
    word: 'MASTERDOWN',
    form: /\bLink with MASTER is down\b/,
    phrases: ['Link with MASTER'],
    meaning: 'a replica has lost its primary',
    fix: `${USE_PRIMARY} ${WAIT}`,
  },
  {
    word: 'LOADING',
    form: /\b(Redis|Valkey|Server) is loading the dataset in memory\b/i,
    phrases: ['loading the'],
    meaning: 'a node has just started and reads its data',
    fix: WAIT,
  },
  {
    word: 'MISCONF',
    form: /\bMISCONF (Redis|Valkey) is configured to save\b|\bMISCONF Errors writing\b/,
    phrases: ['MISCONF'],
    meaning: 'the cache cannot write to its disk, and takes no writes',
    fix: WAIT,
  },
  {
    word: 'max number of clients',
    form: /\bmax number of clients( \+ cluster connections)? reached\b/,
    phrases: ['number of clients'],
    meaning: 'the cache takes no more connections',
    fix: 'Share one client in each process, and close what is not used any more.',
  },
  {
    word: 'OOM',
    form: /\bcommand not allowed when used memory\b/,
    phrases: ['command not'],
    meaning: 'the cache is full and evicts nothing',
    fix: 'A larger node, shorter lives, or another maxmemory-policy.',
  },
  {
    word: 'NOPERM',
    form: /\bNOPERM\b.* no permissions\b|\bNOPERM No permissions\b|\bhas no permissions to run the '[\w|]+' command\b|\bredis\S*\.NoPermissionError\b/i,
    phrases: ['NOPERM', 'no permissions', 'NoPermissionError'],
    meaning: 'the cache’s user may not do this',
    fix: 'Widen the access string of the user.',
  },
  {
    word: 'HTTP',
    form: /\bUnknown RESP type \d+|\bProtocol error, got "H" as reply type byte\b|\bcan't parse reply="?HTTP\//,
    phrases: ['RESP type', 'reply type', 'parse reply'],
    meaning: 'what answers there is not Redis, but a web server',
    fix: 'Compare host and port of the variable with the cache’s endpoint.',
  },
  {
    word: 'MaxRetriesPerRequestError',
    form: /\bReached the max retries per request limit\b/,
    phrases: ['retries per'],
    meaning: 'the client has given up to connect; why, its first error events say',
    fix: 'Look at the checks variables, ingress and ping.',
  },
];

const USE_TLS = 'Use rediss:// with a cache that takes TLS only.';

/** Of the network: a line with one of them may be about a database as well. */
const NETWORK: readonly Trouble[] = [
  {
    word: 'ECONNREFUSED',
    spellings: ['ECONNREFUSED', 'Connection refused', 'connection refused'],
    phrases: ['ECONNREFUSED', 'refused'],
    meaning:
      'nothing listens there: a wrong port, or the variable is not read and the client tries localhost',
    fix: 'Compare the variable that the app reads with the one that is set.',
  },
  {
    word: 'ETIMEDOUT',
    spellings: [
      'ETIMEDOUT',
      'Connection timed out',
      'connect timed out',
      'connection timed out',
      'Timeout connecting',
      'i/o timeout',
      'Command timed out',
    ],
    phrases: ['ETIMEDOUT', 'timed out', 'Timeout', 'timeout'],
    meaning: 'packets do not arrive, or a TLS client meets a plaintext port',
    fix: 'Look at the checks ingress and ping.',
  },
  {
    word: 'ENOTFOUND',
    spellings: [
      'ENOTFOUND',
      'Name or service not known',
      'Name does not resolve',
      'No address associated',
      'no such host',
      'UnknownHostException',
    ],
    phrases: ['ENOTFOUND', 'not known', 'not resolve', 'No address', 'no such host', 'UnknownHostException'],
    meaning: 'the host name does not resolve',
    fix: 'Compare the variable with the cache’s endpoint.',
  },
  {
    word: 'EAI_AGAIN',
    spellings: ['EAI_AGAIN', 'failure in name resolution', 'server misbehaving'],
    phrases: ['EAI_AGAIN', 'name resolution', 'misbehaving'],
    meaning: 'the VPC’s DNS does not answer',
    fix: 'Turn on DNS support of the VPC.',
  },
  {
    word: 'ECONNRESET',
    spellings: ['ECONNRESET', 'reset by peer', 'Connection closed by server'],
    phrases: ['ECONNRESET', 'reset by', 'closed by'],
    meaning: 'the connection is cut off: plaintext to a TLS port does that',
    fix: USE_TLS,
  },
  {
    word: 'EPIPE',
    spellings: ['EPIPE', 'Broken pipe', 'broken pipe'],
    phrases: ['EPIPE', 'pipe'],
    meaning:
      'the connection is cut off: plaintext to a TLS port does that, and a cache that takes no more clients',
    fix: USE_TLS,
  },
  {
    word: 'WRONG_VERSION_NUMBER',
    spellings: ['WRONG_VERSION_NUMBER', 'wrong version number', 'look like a TLS handshake'],
    phrases: ['version number', 'TLS handshake'],
    meaning: 'a TLS client meets a plaintext port',
    fix: 'Use redis:// with a cache that speaks plaintext, or give the cache TLS.',
  },
  {
    word: 'certificate',
    spellings: [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'CERT_HAS_EXPIRED',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERTIFICATE_VERIFY_FAILED',
      'certificate verify failed',
      'x509: certificate',
      'PKIX path',
    ],
    phrases: [
      'certificate',
      'PKIX',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'CERT_HAS_EXPIRED',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    meaning: 'the certificate is not trusted',
    fix: 'Connect by the endpoint’s own name, with the public Amazon roots in the image.',
  },
];

/** Each of them, as it is told: `spellings` are other words for the same. */
export const SYMPTOMS: readonly (Filtered & Partial<Pick<Trouble, 'spellings'>>)[] = [...NETWORK, ...REPLIES];

/** What filters lines on the server's side, where phrases are found and expressions are not. */
export const SYMPTOM_PHRASES: readonly string[] = SYMPTOMS.flatMap(({ phrases }) => phrases);

/** Of those lines that may say neither Redis nor its address. */
export const REPLY_PHRASES: readonly string[] = REPLIES.flatMap(({ phrases }) => phrases);

/** The client's name or the cache's address; not “rediscover”, “redistribute”. */
export const ABOUT_REDIS = /redis(?!cover|tri[bc])|valkey|lettuce|:6379\b|\.cache\.amazonaws\.com/i;

/** Undefined for a line that is not about Redis, as far as it says. */
export function symptomOf(line: string): Symptom | undefined {
  const reply = REPLIES.find(({ form }) => form.test(line));
  if (reply) return reply;
  if (!ABOUT_REDIS.test(line)) return undefined;
  const trouble = NETWORK.find(({ spellings }) => spellings.some((each) => isIn(each, line)));
  if (!trouble) return undefined;
  // Of several certificates' troubles, the one that was said.
  const said = trouble.spellings.find((each) => isIn(each, line) && /^[A-Z_]+$/.test(each));
  return { ...trouble, word: said ?? trouble.word };
}

/** As a word of its own: NODE_EPIPELINE is no EPIPE. */
function isIn(spelling: string, line: string): boolean {
  const at = line.indexOf(spelling);
  if (at === -1) return false;
  return !/\w/.test(line.charAt(at - 1)) && !/\w/.test(line.charAt(at + spelling.length));
}
