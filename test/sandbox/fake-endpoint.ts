/** The sandbox's endpoint in front of services that a test makes up: the wire without any behaviour behind it. */
import { VirtualClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { AccountDirectory } from '../../src/sandbox/endpoint/account-directory.ts';
import type { Identity } from '../../src/sandbox/endpoint/account-directory.ts';
import { createApi } from '../../src/sandbox/endpoint/api.ts';
import { CallLog } from '../../src/sandbox/endpoint/call-log.ts';
import { createControl } from '../../src/sandbox/endpoint/control.ts';
import { startEndpoint } from '../../src/sandbox/endpoint/endpoint.ts';
import { Faults } from '../../src/sandbox/endpoint/faults.ts';
import type { Operations } from '../../src/sandbox/service.ts';

export type Services = Readonly<Record<string, Operations>>;

export interface FakeEndpoint {
  url: string;
  identity: Identity;
  newIdentity(): Identity;
  calls: CallLog;
  faults: Faults;
  controlToken: string;
  setPolicy(document: unknown): void;
  close(): Promise<void>;
}

/** `services` is asked once for each account and region. */
export async function startFakeEndpoint(
  services: (identity: Identity, region: string) => Services,
  clock: Clock = new VirtualClock({ auto: false }),
): Promise<FakeEndpoint> {
  const directory = new AccountDirectory((identity, region) =>
    Promise.resolve({ services: services(identity, region), close: () => Promise.resolve() }),
  );
  const identity = directory.create();
  const calls = new CallLog();
  const faults = new Faults();
  const controlToken = 'a-token-for-this-test';
  const setPolicy = (document: unknown, accessKeyId = identity.accessKeyId): void =>
    directory.setPolicy(accessKeyId, document);
  const endpoint = await startEndpoint({
    port: 0,
    api: createApi({ callers: directory, calls, faults, clock }),
    control: createControl({
      token: controlToken,
      calls,
      faults,
      clock,
      setPolicy,
      limitClients: () => Promise.resolve(),
      messages: () => Promise.resolve([]),
      confirmSubscription: () => Promise.resolve(0),
    }),
  });
  return {
    url: endpoint.url,
    identity,
    newIdentity: () => directory.create(),
    calls,
    faults,
    controlToken,
    setPolicy,
    close: async () => {
      await endpoint.close();
      await directory.close();
    },
  };
}

/** What every client of the SDK needs to talk to it; no retries, so that one call is one request. */
export function clientOptions({ url }: { url: string }, identity: Identity, region = 'us-east-1') {
  return {
    endpoint: url,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: identity.accessKeyId, secretAccessKey: identity.secretAccessKey },
  };
}
