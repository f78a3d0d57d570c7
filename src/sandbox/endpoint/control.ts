/**
 * The sandbox's own API, under /_sandbox/: what was called, what goes wrong, what time it is, what is allowed, how many
 * may connect, and what reached whom by SNS.
 */
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { WizardError } from '../../errors.ts';
import { ServiceError } from '../service.ts';
import type { CallLog } from './call-log.ts';
import { faultSchema } from './faults.ts';
import type { Faults } from './faults.ts';

export interface ControlOptions {
  readonly token: string;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly clock: Clock;
  /** No document lifts the policy; no access key means the scenario's. */
  setPolicy(document: unknown, accessKeyId?: string): void;
  /** In the sandbox's region. */
  limitClients(cacheClusterId: string, maxclients: number, accessKeyId?: string): Promise<void>;
  /** What was published to its topics, in the sandbox's region. */
  messages(accessKeyId?: string): Promise<unknown>;
  /** The owner of an address confirms its subscriptions; how many there were. */
  confirmSubscription(endpoint: string, topicArn?: string, accessKeyId?: string): Promise<number>;
}

export interface ControlRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface ControlAnswer {
  readonly status: number;
  readonly document: unknown;
}

type Route = (body: unknown, query: URLSearchParams) => unknown;

export const CONTROL_PATH = '/_sandbox/';
/** What the servers themselves begin with. */
const SERVER_MAXCLIENTS = 10_000;

export function createControl(options: ControlOptions): (request: ControlRequest) => Promise<ControlAnswer> {
  const routes = controlRoutes(options);
  return async ({ method, url, authorization, body }) => {
    if (authorization !== `Bearer ${options.token}`)
      return refusal(401, 'the control token is missing or wrong');
    const route = routes.get(`${method} ${url.pathname.slice(CONTROL_PATH.length)}`);
    if (!route) return refusal(404, `there is no ${method} ${url.pathname}`);
    try {
      return { status: 200, document: (await route(JSON.parse(body || 'null'), url.searchParams)) ?? {} };
    } catch (error) {
      if (error instanceof z.ZodError) return refusal(400, z.prettifyError(error));
      if (error instanceof SyntaxError || error instanceof WizardError) return refusal(400, error.message);
      throw error;
    }
  };
}

function controlRoutes({ calls, faults, clock, ...account }: ControlOptions): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    ['GET calls', () => calls.list()],
    ['DELETE calls', () => calls.clear()],
    ['POST faults', (body) => void faults.add(faultSchema.parse(body))],
    ['DELETE faults', () => faults.clear()],
    ['POST time', (body) => advance(clock, body)],
    ['POST clients', (body, query) => limitClients(account, body, query.get('accessKeyId') ?? undefined)],
    ['GET messages', (_, query) => account.messages(query.get('accessKeyId') ?? undefined)],
    ['POST confirmations', (body, query) => confirm(account, body, query.get('accessKeyId') ?? undefined)],
    ['POST policy', (body, query) => account.setPolicy(body, query.get('accessKeyId') ?? undefined)],
    ['DELETE policy', (_, query) => account.setPolicy(undefined, query.get('accessKeyId') ?? undefined)],
  ]);
}

const advanceSchema = z.strictObject({ advanceMs: z.number().nonnegative() });

async function advance(clock: Clock, body: unknown): Promise<{ now: string }> {
  const { advanceMs } = advanceSchema.parse(body);
  if (!isDriven(clock)) {
    throw new WizardError(
      'Blocked',
      "advancing time: this sandbox runs on the machine's clock, which cannot be moved",
    );
  }
  await clock.advance(advanceMs);
  return { now: new Date(clock.now()).toISOString() };
}

const limitSchema = z.strictObject({
  cacheClusterId: z.string(),
  maxclients: z.int().min(1).max(SERVER_MAXCLIENTS),
});

async function limitClients(
  account: Pick<ControlOptions, 'limitClients'>,
  body: unknown,
  accessKeyId: string | undefined,
): Promise<void> {
  const { cacheClusterId, maxclients } = limitSchema.parse(body);
  try {
    await account.limitClients(cacheClusterId, maxclients, accessKeyId);
  } catch (error) {
    if (error instanceof ServiceError) throw new WizardError('InvalidInput', error.message);
    throw error;
  }
}

const confirmationSchema = z.strictObject({ endpoint: z.string(), topicArn: z.string().optional() });

async function confirm(
  account: Pick<ControlOptions, 'confirmSubscription'>,
  body: unknown,
  accessKeyId: string | undefined,
): Promise<{ confirmed: number }> {
  const { endpoint, topicArn } = confirmationSchema.parse(body);
  const confirmed = await account.confirmSubscription(endpoint, topicArn, accessKeyId);
  if (confirmed === 0)
    throw new WizardError('InvalidInput', `no subscription of ${endpoint} waits to be confirmed`);
  return { confirmed };
}

function isDriven(clock: Clock): clock is Clock & { advance(ms: number): Promise<void> } {
  return 'advance' in clock;
}

function refusal(status: number, message: string): ControlAnswer {
  return { status, document: { message } };
}
