/** The local AWS: an endpoint that speaks AWS's own wire, real Redis, real processes, and a scenario in it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock, VirtualClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Account } from './account.ts';
import { AccountDirectory } from './endpoint/account-directory.ts';
import type { Identity } from './endpoint/account-directory.ts';
import { createApi } from './endpoint/api.ts';
import { CallLog } from './endpoint/call-log.ts';
import type { LoggedCall } from './endpoint/call-log.ts';
import { createControl } from './endpoint/control.ts';
import type { ControlOptions } from './endpoint/control.ts';
import { startEndpoint } from './endpoint/endpoint.ts';
import { RateLimits } from './endpoint/rate-limits.ts';
import { Faults } from './endpoint/faults.ts';
import { createIam } from './iam/iam.ts';
import type { Iam } from './iam/iam.ts';
import { openAccount } from './open-account.ts';
import { preparationClock } from './preparation-clock.ts';
import { createCertificateAuthority } from './redis/certificate-authority.ts';
import type { RedisServers } from './redis/node.ts';
import { createRedisServers } from './redis/servers.ts';
import { ResourceStack } from './resource-stack.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { createStandIns } from './stand-ins.ts';

export interface SandboxOptions {
  readonly scenario: Scenario;
  /** Where the built programs are: dist/programs. */
  readonly programsFolder: string;
  readonly clock?: Clock;
  /** Any free one when absent. */
  readonly port?: number;
  /** The scenario's own when absent. */
  readonly region?: string;
  /** How many times faster than on AWS the nodes of caches come and go; 1 when absent. */
  readonly cacheSpeed?: number;
}

/** An access key with its account, and what a program needs to use it. */
export interface SandboxAccount {
  readonly account: Account;
  /** AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the scenario's app answers, when it has one. */
  readonly appUrl?: string;
}

export interface Sandbox extends SandboxAccount {
  readonly endpointUrl: string;
  readonly region: string;
  readonly scenario: string;
  readonly redis: RedisServers['kind'];
  readonly controlToken: string;
  /** To stand before all others on the PATH: programs of AWS's that speak to the sandbox. */
  readonly programsOnPath: string;
  /** PEM of the authority that signs the certificates of the caches, for clients on this machine. */
  readonly authorityFile: string;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Every API call since the start or the last clear, of all accounts. */
  calls(): readonly LoggedCall[];
  clearCalls(): void;
  /** An IAM policy document to enforce, or undefined to allow everything again; the first account's when no key is given. */
  setPolicy(document: unknown, accessKeyId?: string): void;
  /** Another account on the same endpoint. */
  openAccount(scenario: Scenario): Promise<SandboxAccount>;
  /** Complete: no socket, process, timer or file of the sandbox survives it. */
  close(): Promise<void>;
}

const USUAL_REGION = 'us-east-1';

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const resources = new ResourceStack();
  try {
    return await openSandbox(options, resources);
  } catch (error) {
    // What failed first is what the user must see, not what could not be cleaned up after it.
    await resources.close().catch(() => undefined);
    throw error;
  }
}

async function openSandbox(options: SandboxOptions, resources: ResourceStack): Promise<Sandbox> {
  const { scenario, programsFolder, port = 0 } = options;
  const given = options.clock ?? systemClock();
  // Tests drive their clock from the beginning on.
  const preparation = given instanceof VirtualClock ? undefined : preparationClock(given);
  const clock = preparation ?? given;
  const region = options.region ?? scenario.region ?? USUAL_REGION;

  const folder = await mkdtemp(join(tmpdir(), 'elasticache-wizard-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const created = createCertificateAuthority();
  const redis = await createRedisServers({ folder, authority: created });
  resources.defer(() => redis.close());
  const authority = await created;
  const authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, authority.pem);
  // Tasks run in a folder of their own.
  const preload = resolve(programsFolder, 'preload.cjs');
  const programsOnPath = createStandIns(
    join(folder, 'bin'),
    resolve(programsFolder, 'session-manager-plugin.cjs'),
  );
  const instanceCommand = resolve(programsFolder, 'instance-command.cjs');
  const iams = new Map<string, Iam>();
  const iamOf = (identity: Identity): Iam => {
    const userPolicy = () => directory.find(identity.accessKeyId)?.policy;
    const iam = iams.get(identity.accountId) ?? createIam({ ...identity, clock, userPolicy });
    iams.set(identity.accountId, iam);
    return iam;
  };
  const directory = new AccountDirectory((identity, place) =>
    openAccount({
      identity,
      iam: iamOf(identity),
      region: place,
      clock,
      folder,
      preload,
      instanceCommand,
      certificateAuthority: authority.pem,
      redis,
      cacheSpeed: options.cacheSpeed,
    }),
  );
  resources.defer(() => directory.close());

  const calls = new CallLog();
  const faults = new Faults();
  const controlToken = randomBytes(24).toString('base64url');
  const first = directory.create();
  const setPolicy = (document: unknown, accessKeyId = first.accessKeyId): void =>
    directory.setPolicy(accessKeyId, document);
  const accountOf = (accessKeyId = first.accessKeyId): Promise<Account> =>
    directory.account({ accessKeyId }, region);
  const inAccount: Pick<ControlOptions, 'limitClients' | 'messages' | 'confirmSubscription'> = {
    limitClients: async (cacheClusterId, maxclients, accessKeyId) =>
      (await accountOf(accessKeyId)).elasticache.limitClients(cacheClusterId, maxclients),
    messages: async (accessKeyId) => (await accountOf(accessKeyId)).sns.messages(),
    confirmSubscription: async (endpoint, topicArn, accessKeyId) =>
      (await accountOf(accessKeyId)).sns.confirm(endpoint, topicArn),
  };
  const endpoint = await startEndpoint({
    port,
    api: createApi({
      ...{ callers: directory, calls, faults, clock },
      // Time that tests drive does not pass while somebody calls.
      ...(preparation ? { distanceMs: scenario.distanceMs } : {}),
      limits: scenario.distanceMs === undefined ? undefined : new RateLimits(clock),
    }),
    control: createControl({ token: controlToken, calls, faults, clock, setPolicy, ...inAccount }),
  });
  resources.defer(() => endpoint.close());

  const prepare = async (identity: typeof first, chosen: Scenario): Promise<SandboxAccount> => {
    const place = options.region ?? chosen.region ?? USUAL_REGION;
    const account = await directory.account(identity, place);
    const { appUrl } = await chosen.prepare(account);
    const env = {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: place,
      // The AWS CLI reads this one alone.
      AWS_DEFAULT_REGION: place,
      AWS_ACCESS_KEY_ID: identity.accessKeyId,
      AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
    };
    return { account, env, ...(appUrl !== undefined && { appUrl }) };
  };

  const prepared = await prepare(first, scenario);
  preparation?.end();
  return {
    ...prepared,
    endpointUrl: endpoint.url,
    region,
    scenario: scenario.name,
    redis: redis.kind,
    controlToken,
    programsOnPath,
    authorityFile,
    clock,
    faults,
    calls: () => calls.list(),
    clearCalls: () => calls.clear(),
    setPolicy,
    openAccount: (chosen) => prepare(directory.create(), chosen),
    close: () => resources.close(),
  };
}
