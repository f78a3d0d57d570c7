/** One API call, from the signed request to the answer: routing, faults, permissions, decoding, behaviour. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Call } from '../service.ts';
import { serviceModels } from '../wire/operations.ts';
import { missingMembers } from '../wire/required-members.ts';
import type { ServiceModel } from '../wire/service-model.ts';
import { inputShape } from '../wire/shape.ts';
import { wireError } from '../wire/wire-error.ts';
import type { Wire, WireAnswer, WireRequest } from '../wire/wire.ts';
import { isWrite } from './call-log.ts';
import type { CallLog } from './call-log.ts';
import { denial, denied } from './caller.ts';
import type { Caller, Callers } from './caller.ts';
import { parseCredential } from './credential.ts';
import { EarlierAnswers } from './earlier-answers.ts';
import type { Fault, Faults } from './faults.ts';
import { proxyPage } from './proxy-page.ts';
import { anonymousWire } from './anonymous-wire.ts';
import type { RateLimits } from './rate-limits.ts';

/** What the client gets: an answer, a connection that is cut, or nothing at all. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: WireAnswer; readonly requestId: string }
  | { readonly kind: 'cut' }
  | { readonly kind: 'silence' };

export interface ApiOptions {
  readonly callers: Callers;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Absent: everybody may call as often as they like. */
  readonly limits?: RateLimits | undefined;
  /** Real milliseconds that an answer is on its way. */
  readonly distanceMs?: number | undefined;
}

/** A service in the protocol of the request. */
type SpokenModel = ServiceModel & { readonly wire: Wire };

/** As the fault that anybody may arm. */
const THROTTLED: Fault = { kind: 'throttle', nth: 1, rate: 1, delayMs: 1 };

interface Outcome {
  /** 'ok' or the error code. */
  readonly outcome: string;
  readonly answer: WireAnswer;
}

export function createApi({
  callers,
  calls,
  faults,
  clock,
  limits,
  distanceMs = 0,
}: ApiOptions): (request: WireRequest) => Promise<Reply> {
  const earlier = new EarlierAnswers();
  return async (request) => {
    const requestId = randomUUID();
    const credential = parseCredential(request.headers['authorization']);
    const signedFor = credential && serviceModels.get(credential.service);
    if (!credential || !signedFor) {
      const wire = anonymousWire(request);
      const error = credential ? unknownService(wire, credential.service) : wire.errors.notAuthenticated();
      return {
        kind: 'answer',
        answer: wire.failure(wireError('', error, wire.errorCodes), requestId),
        requestId,
      };
    }

    const model = { ...signedFor, wire: signedFor.wireOf(request) };
    const { service, wire } = model;
    const call: Call = { ...credential, service, action: wire.action(request), requestId };
    const at = new Date(clock.now());
    if (distanceMs > 0) await systemClock().sleep(distanceMs);
    const fault = faults.take(call) ?? (limits?.admits(call) === false ? THROTTLED : undefined);
    const log = (outcome: string): void =>
      calls.add({
        ...call,
        at: at.toISOString(),
        outcome,
        write: isWrite(call.action),
        ...(fault && { fault: fault.kind }),
      });

    if (fault?.kind === 'reset' || fault?.kind === 'timeout') {
      log(fault.kind);
      return { kind: fault.kind === 'reset' ? 'cut' : 'silence' };
    }
    const { outcome, answer } = await clock.busy(
      outcomeOf(callers.find(call.accessKeyId), model, call, request, at, fault),
    );
    log(outcome);
    if (fault?.kind === 'lost-response') return { kind: 'cut' };
    if (fault?.kind === 'slow') await systemClock().sleep(fault.delayMs);
    const isStale = fault?.kind === 'stale' && !isWrite(call.action);
    return {
      kind: 'answer',
      answer: isStale ? earlier.swap(fault, call, request, answer) : answer,
      requestId,
    };
  };
}

function unknownService(wire: Wire, service: string): ServiceError {
  return new ServiceError(
    wire.errors.unknownAction('').shape,
    `the sandbox does not have the service ${service}`,
  );
}

async function outcomeOf(
  caller: Caller | undefined,
  model: SpokenModel,
  call: Call,
  request: WireRequest,
  at: Date,
  fault: Fault | undefined,
): Promise<Outcome> {
  if (fault?.kind === 'html')
    return { outcome: 'html', answer: { ...proxyPage, status: fault.status ?? proxyPage.status } };
  try {
    if (!caller) throw model.wire.errors.unknownAccessKey();
    const failure = fault && faultError(fault, caller, model, call);
    if (failure) throw failure;
    return { outcome: 'ok', answer: await perform(caller, model, call, request, at) };
  } catch (thrown) {
    const error = wireError(
      model.namespace,
      thrown instanceof ServiceError ? thrown : internalFailure(model, thrown),
      model.wire.errorCodes,
    );
    return { outcome: error.code, answer: model.wire.failure(error, call.requestId) };
  }
}

async function perform(
  caller: Caller,
  model: SpokenModel,
  call: Call,
  request: WireRequest,
  at: Date,
): Promise<WireAnswer> {
  const { wire } = model;
  const operation = model.operations.get(call.action);
  const services = await caller.services(call.region);
  const handler = operation && services[model.service]?.[call.action];
  if (!handler) throw wire.errors.unknownAction(call.action);

  const input = wire.input(operation, request);
  const reason = await denied(caller, call, input as object, at);
  if (reason !== undefined) throw wire.errors.accessDenied(reason);
  const missing = missingMembers(inputShape(operation), input);
  if (missing.length > 0) throw wire.errors.missingMembers(missing);
  return wire.answer(operation, await handler(input, call), call.requestId);
}

function faultError(fault: Fault, caller: Caller, model: SpokenModel, call: Call): ServiceError | undefined {
  const { errors } = model.wire;
  const iamAction = `${call.service}:${call.action}`;
  switch (fault.kind) {
    case 'throttle':
      return errors.throttled();
    case 'expired-token':
      return errors.expiredToken();
    case 'access-denied':
      return errors.accessDenied(denial(caller, iamAction, '*', 'implicitDeny'));
    case 'error': {
      const usual = errors.internalFailure('The request processing has failed because of an unknown error.');
      return new ServiceError(
        fault.code ?? usual.shape,
        fault.message ?? usual.message,
        fault.status ?? (fault.code ? undefined : usual.status),
      );
    }
    default:
      return undefined;
  }
}

/** A mistake in the sandbox itself. The client sees a server error; the stack in it is for whoever looks for the mistake. */
function internalFailure(model: SpokenModel, thrown: unknown): ServiceError {
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return model.wire.errors.internalFailure(`the sandbox failed: ${detail}`);
}
