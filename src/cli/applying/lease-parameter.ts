/**
 * The lease as a parameter of Parameter Store, which has no conditional overwrite. What it has is enough: a put
 * without overwrite succeeds for one alone, and each write answers with its number, so of several who take over an
 * ended lease the one with the next number has it.
 */
import * as z from 'zod';
import type { Ssm } from '../../aws/ssm.ts';
import { ownershipTags, type Tags } from '../../domain/ownership.ts';
import { WizardError } from '../../errors.ts';

const LEASE = z.object({
  run: z.string(),
  who: z.string(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
});

export interface Lease {
  readonly run: string;
  readonly who: string;
  readonly since: number;
  readonly until: number;
}

export interface LeaseParameter {
  readonly project: string;
  /** Whose it is; undefined where nobody has it. Reads only. */
  holder(now: number): Promise<Lease | undefined>;
  /** 'taken', whose it is, or 'unknown' where there is no Parameter Store. */
  take(lease: Lease, now: number): Promise<'taken' | 'unknown' | Lease>;
  /** Whose it has become meanwhile, if so. Never throws: a lease outlives several failed renewals. */
  renew(lease: Lease): Promise<Lease | undefined>;
  giveBack(run: string): Promise<void>;
  /** Removes what a run has left that is gone. What is held, or somebody else's, stays. */
  clearEnded(now: number): Promise<void>;
}

/** How often another run may give it back between our write and our look. */
const TRIES = 5;

/** `userTags`: on the parameter when it is made, beside ours. */
export function leaseParameter(ssm: Ssm, project: string, userTags: Tags = {}): LeaseParameter {
  const name = `/elasticache-wizard/${project.replace(/[^A-Za-z0-9_.-]/g, '-')}/lease`;
  const tags = { ...userTags, ...ownershipTags(project, name) };

  async function read(version?: number): Promise<{ lease: Lease; version: number } | undefined> {
    const found = await ssm.readParameter(name, version);
    return found && { lease: parse(found.value, name), version: found.version };
  }

  /** Undefined where it was given back meanwhile. */
  async function takeOver(lease: Lease, now: number): Promise<'taken' | Lease | undefined> {
    const found = await read();
    if (!found) return undefined;
    // Ours already: the put was done and its answer lost, and the client sent it again.
    if (found.lease.run === lease.run) return 'taken';
    if (found.lease.until > now) return found.lease;
    const version = await ssm.overwriteParameter(name, textOf(lease));
    const next = found.version + 1;
    if (version === next) return 'taken';
    const first = await read(next);
    if (!first || first.lease.run === lease.run) return 'taken';
    await ssm.overwriteParameter(name, textOf(first.lease));
    return first.lease;
  }

  return {
    project,

    async holder(now) {
      const found = await read();
      return found && found.lease.until > now ? found.lease : undefined;
    },

    async take(lease, now) {
      for (let tries = 1; ; tries += 1) {
        const made = await ssm.createParameter(name, textOf(lease), tags);
        if (made === 'unknown') return 'unknown';
        const answer = made === 'created' ? 'taken' : await takeOver(lease, now);
        if (answer) return answer;
        if (tries === TRIES)
          throw new WizardError('OperationFailed', `Taking the lease ${name}: it comes and goes`);
      }
    },

    async renew(lease) {
      try {
        const found = await read();
        if (found && found.lease.run !== lease.run) return found.lease;
        if (found) await ssm.overwriteParameter(name, textOf(lease));
        else await ssm.createParameter(name, textOf(lease), tags);
      } catch {
        // The next renewal comes before it ends.
      }
      return undefined;
    },

    async giveBack(run) {
      const found = await read();
      if (found?.lease.run === run) await ssm.deleteParameter(name);
    },

    async clearEnded(now) {
      const found = await read();
      if (found && found.lease.until <= now) await ssm.deleteParameter(name);
    },
  };
}

function textOf({ run, who, since, until }: Lease): string {
  return JSON.stringify({
    run,
    who,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
  });
}

function parse(text: string, name: string): Lease {
  const { data } = LEASE.safeParse(jsonOf(text));
  if (data) return { ...data, since: Date.parse(data.since), until: Date.parse(data.until) };
  throw new WizardError('NotOurs', `The parameter ${name} holds something that this tool did not write`, {
    hint: `Look at it, and remove it: aws ssm delete-parameter --name ${name}. Then run the same command again.`,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
