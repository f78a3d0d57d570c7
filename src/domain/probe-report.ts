/** What the probe saw from where the app runs. */

/** In the order in which they are tried; a stage is tried only when those before it passed. */
export const PROBE_STAGES = ['parse', 'dns', 'tcp', 'tls', 'auth', 'ping', 'keys', 'info'] as const;
export type ProbeStage = (typeof PROBE_STAGES)[number];

export interface StageResult {
  readonly stage: ProbeStage;
  readonly ok: boolean;
  /** What was seen: 'resolved to 10.0.3.17', 'connect ETIMEDOUT after 5 s'. Never a password. */
  readonly detail: string;
  readonly ms: number;
}

export interface ProbeReport {
  /** The variable whose URL was tried. */
  readonly variable: string;
  readonly stages: readonly StageResult[];
  /** The first stage that failed; undefined when all passed. */
  readonly failed?: ProbeStage;
  readonly address?: string;
  /** Variables with other addresses, which were asked too. */
  readonly alsoAnswers?: readonly string[];
  /** All that the name leads to. */
  readonly addresses?: readonly string[];
  readonly isPublic?: boolean;
  /** On a failed TLS stage: whether a plaintext PING was answered, and the reverse on a failed ping. */
  readonly otherWayAnswers?: boolean;
  /** A password was sent, and the cache lets in whoever gives none. */
  readonly passwordNotAskedFor?: true;
  /** The password is refused for the user that the URL names, and taken without that name. */
  readonly withoutUserAnswers?: boolean;
  /** The URL was tried without its user and password, which a task definition would keep readable. */
  readonly credentialsWithheld?: true;
  /** Why, where it is for want of a right and not because they stand in plain text. */
  readonly withheldBecause?: string;
  /** It was asked from elsewhere than where the app runs. */
  readonly elsewhere?: Elsewhere;
  readonly role?: string;
  readonly maxmemoryPolicy?: string;
  readonly clusterEnabled?: boolean;
  /** Over how many nodes the probe's own keys were spread; each of them was asked and answered. */
  readonly shards?: number;
  readonly latencyMs?: { readonly p50: number; readonly p99: number };
  readonly node?: NodeFacts;
  readonly sample?: KeySample;
  readonly clients?: ClientList;
  /** Which program ran, and the task that it ran in. */
  readonly runtime: ProbeRuntime;
  readonly taskArn?: string;
  /** The Availability Zone in which it ran, where that is known. */
  readonly zone?: string;
  /** How often the app's page was loaded before; absent where the app had not got the cache by then. */
  readonly visits?: number;
  /** What was seen from the other zones of the same app. */
  readonly otherZones?: readonly ZoneAnswer[];
}

/** What is seen from there says nothing of the app's own network. */
export interface Elsewhere {
  /** 'this machine', 'i-0a1b'. */
  readonly place: string;
  /** `host:port` on that place, which leads to the cache. */
  readonly tunnel?: string;
}

export interface ZoneAnswer {
  readonly zone: string;
  readonly subnetId: string;
  readonly answer: ProbeReport | { readonly notAsked: string };
}

/** What the node that was asked says of itself (INFO), as far as it does. */
export interface NodeFacts {
  readonly usedMemory?: number;
  readonly maxmemory?: number;
  readonly evictedKeys?: number;
  readonly connectedClients?: number;
  readonly maxclients?: number;
  readonly rejectedConnections?: number;
  /** Of a replica: whom it follows, and whether it is in touch. */
  readonly primary?: string;
  readonly primaryLink?: string;
  readonly databases?: readonly {
    readonly db: number;
    readonly keys: number;
    readonly expires: number;
  }[];
}

/** Some of the keys, of which nothing is told but how many. */
export interface KeySample {
  readonly keys: number;
  readonly withoutTtl: number;
  /** Those that the user may not look at. */
  readonly denied: number;
}

/** Who is connected to the node that was asked; the probe itself is left out. */
export type ClientList =
  | { readonly notTold: string }
  | {
      readonly addresses: readonly ClientAddress[];
      /** Addresses for which there was no room. */
      readonly leftOut: number;
      /** The probe's own address: as the cache sees it, and as the probe does. */
      readonly ownAddress: { readonly seen: string; readonly real: string };
    };

export interface ClientAddress {
  readonly address: string;
  readonly connections: number;
  /** Seconds: since the latest command of any of them, and since the oldest was opened. */
  readonly idle: number;
  readonly age: number;
  /** The latest of each, as the server calls them: 'get', 'client|setinfo', 'NULL' of one that has said nothing. */
  readonly commands: readonly string[];
  /** What clients call themselves and their library. */
  readonly names: readonly string[];
}

export type ProbeRuntime = 'node' | 'python3' | 'sh';

export type Rehearsal =
  | { readonly possible: true; readonly runtime: ProbeRuntime; readonly image: string }
  /** The network questions cannot be asked, and why; `notWanted`: nobody wanted to. */
  | { readonly possible: false; readonly reason: string; readonly notWanted?: true };
