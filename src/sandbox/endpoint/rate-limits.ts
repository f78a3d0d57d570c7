/**
 * Limits on how often an account may call, as token buckets. The reads' numbers are those of the EC2 developer guide, "Request
 * throttling"; that ECS counts the reads of an account together is from "Request throttling for the Amazon ECS API". The
 * numbers for writes, and for services that publish none, are assumed; no check relies on them.
 */
import type { Clock } from '../../clock.ts';
import type { Call } from '../service.ts';
import { isWrite } from './call-log.ts';

interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const READS: Rate = { burst: 100, perSecond: 20 };
const WRITES: Rate = { burst: 50, perSecond: 5 };

type Limited = Pick<Call, 'accessKeyId' | 'service' | 'action'>;

export class RateLimits {
  private readonly clock: Clock;
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Counts the call, and says whether it is answered. */
  admits(call: Limited): boolean {
    const { burst, perSecond } = isWrite(call.action) ? WRITES : READS;
    const key = bucketOf(call);
    const now = this.clock.now();
    const { tokens, at } = this.buckets.get(key) ?? { tokens: burst, at: now };
    const left = Math.min(burst, tokens + ((now - at) / 1000) * perSecond);
    this.buckets.set(key, { tokens: left >= 1 ? left - 1 : left, at: now });
    return left >= 1;
  }
}

function bucketOf({ accessKeyId, service, action }: Limited): string {
  const isShared = service === 'ecs' && !isWrite(action);
  return `${accessKeyId} ${service} ${isShared ? 'reads' : action}`;
}
