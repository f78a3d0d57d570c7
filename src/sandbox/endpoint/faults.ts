/** What goes wrong on the way to AWS, on purpose: chosen by caller, service and action, and by which call it is. */
import { z } from 'zod';
import { wildcard } from './wildcard.ts';

const faultKinds = [
  'throttle',
  /** An error answer: `code` and `status`, or the service's own internal failure. */
  'error',
  'access-denied',
  'expired-token',
  /** The HTML page of a proxy: with status 503, or `status`. */
  'html',
  /** The connection is cut before anything was done. */
  'reset',
  /** Nothing is done and nothing is answered. */
  'timeout',
  /** The operation is done, then the connection is cut. */
  'lost-response',
  /** The answer is on its way for `delayMs`. */
  'slow',
  /** A read answers what the same question was answered the last time it was asked. */
  'stale',
] as const;

export const faultSchema = z.strictObject({
  kind: z.enum(faultKinds),
  accessKeyId: z.string().optional(),
  /** The IAM prefix: 'elasticache'. */
  service: z.string().optional(),
  /** An action's name; `*` stands for any characters: 'Describe*'. */
  action: z.string().optional(),
  /** The first matching call that it befalls, counted from 1. */
  nth: z.int().positive().default(1),
  /** How many calls it befalls; without it, one when `nth` is given, else all. */
  times: z.int().positive().optional(),
  /** The share of the calls that it befalls, evenly spread, so that runs repeat. */
  rate: z.number().positive().max(1).default(1),
  code: z.string().optional(),
  message: z.string().optional(),
  status: z.int().min(200).max(599).optional(),
  /** Real milliseconds. */
  delayMs: z.int().positive().default(100),
});

export type FaultOptions = z.input<typeof faultSchema>;
export type FaultKind = FaultOptions['kind'];
export type Fault = z.output<typeof faultSchema>;

export interface FaultTarget {
  readonly accessKeyId: string;
  readonly service: string;
  readonly action: string;
}

interface ArmedFault {
  readonly fault: Fault;
  readonly times: number;
  matching: number;
  befallen: number;
}

export class Faults {
  private armed: ArmedFault[] = [];

  /** Returns how to remove it. Throws a ZodError when the options make no sense. */
  add(options: FaultOptions): () => void {
    const fault = faultSchema.parse(options);
    const times = fault.times ?? (options.nth === undefined ? Infinity : 1);
    const armed: ArmedFault = { fault, times, matching: 0, befallen: 0 };
    this.armed.push(armed);
    return () => {
      this.armed = this.armed.filter((other) => other !== armed);
    };
  }

  clear(): void {
    this.armed = [];
  }

  /** The fault that befalls this call, if any; counts the call for every fault that it matches. */
  take(target: FaultTarget): Fault | undefined {
    const due = this.armed.filter((armed) => matches(armed.fault, target) && isDue(armed));
    const first = due[0];
    if (first) first.befallen += 1;
    return first?.fault;
  }
}

function isDue(armed: ArmedFault): boolean {
  armed.matching += 1;
  const { nth, rate } = armed.fault;
  const turn = armed.matching - nth + 1;
  if (turn < 1 || armed.befallen >= armed.times) return false;
  return Math.floor(turn * rate) > Math.floor((turn - 1) * rate);
}

function matches(fault: Fault, target: FaultTarget): boolean {
  if (fault.accessKeyId !== undefined && fault.accessKeyId !== target.accessKeyId) return false;
  if (fault.service !== undefined && fault.service !== target.service) return false;
  return fault.action === undefined || wildcard(fault.action).test(target.action);
}
