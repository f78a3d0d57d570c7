/** The proof that a rotation is over: from where the app runs, neither the password from before lets in nor none. */
import type { Consumer } from '../../domain/consumer.ts';
import type { Known, Ref } from '../../domain/outputs.ts';
import type { ProbeReport, Rehearsal } from '../../domain/probe-report.ts';
import type { ProbeTarget } from '../../domain/probe-target.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import type { InstanceProbe } from '../../probe/instance-probe.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Answer } from '../asking.ts';
import type { HandedOver } from './handed-over.ts';

/** What must not let in any more, and how Redis says so. */
export interface Intruder {
  /** 'the old password', 'no password'. */
  readonly what: string;
  readonly refusal: RegExp;
  /** Why it cannot be tried, where it cannot. */
  readonly target: ProbeTarget | { readonly reason: string };
}

export interface RefusalOptions {
  readonly consumer: Consumer;
  readonly settings: Settings;
  readonly handedOver: HandedOver;
  /** That nothing else lets in, of each cache that the app uses. */
  readonly required: readonly Ref[];
  readonly intruders: (known: Known) => Promise<readonly Intruder[]>;
  readonly probe: Probe;
  readonly instanceProbe: InstanceProbe;
}

const TRIES = 3;
const BETWEEN_TRIES_MS = 20_000;

export function refusal(options: RefusalOptions): Resource<'refusal'> {
  const { consumer, settings, handedOver, required, intruders } = options;
  const { name } = consumer.settings;
  const notAsked = { asked: false };
  return {
    kind: 'refusal',
    name,
    needs: [...required, ...handedOver.refs, { kind: 'rehearsal', name }],
    usualMs: 2 * 60_000,

    plan(known) {
      const waiting = handedOver.awaited(known).join(', ');
      if (waiting !== '')
        return Promise.resolve({
          action: 'none',
          outputs: notAsked,
          note: `comes when ${waiting} was restarted`,
        });
      if (!settings.proof.probe)
        return Promise.resolve({ action: 'none', outputs: notAsked, note: 'left out by --no-probe' });
      const to = 'asked from where the app runs';
      return Promise.resolve({ action: 'create', details: [{ field: 'proof', to }] });
    },

    async reconcile(known, step) {
      const asking = await askerOf(options, known, step);
      if (!asking) {
        step.skip();
        return notAsked;
      }
      for (const intruder of await intruders(known)) {
        const reason = await requireRefusal(intruder, asking, step);
        if (reason !== undefined)
          step.warn(
            'refusal.unseen',
            `Whether ${name} is let in with ${intruder.what} was not seen: ${reason}`,
          );
      }
      return { asked: true };
    },
  };
}

type Ask = (target: ProbeTarget) => Promise<Answer>;

async function askerOf(
  { consumer, probe, instanceProbe }: RefusalOptions,
  known: Known,
  step: Step,
): Promise<Ask | undefined> {
  const how = await rehearsalOf(known.get('rehearsal', consumer.settings.name), () =>
    consumer.kind === 'ecs' ? probe.rehearse(consumer.app, step) : instanceProbe.rehearse(consumer.app, step),
  );
  if (!how.possible) {
    step.warn('probe.impossible', `The cache cannot be asked from where the app runs: ${how.reason}`);
    return undefined;
  }
  return consumer.kind === 'ecs'
    ? (target) => probe.ask(consumer.app, target, how, step)
    : async (target) => instanceProbe.ask(await consumer.readAgain(), target, how, step);
}

/** There was no need for one where an earlier run had handed all over. */
async function rehearsalOf(
  known: Rehearsal | undefined,
  rehearse: () => Promise<Rehearsal>,
): Promise<Rehearsal> {
  return known && (known.possible || !known.notWanted) ? known : rehearse();
}

/** Returns why it was not seen. Throws where it still lets in. */
async function requireRefusal(
  { what, refusal: sign, target }: Intruder,
  ask: Ask,
  step: Step,
): Promise<string | undefined> {
  if ('reason' in target) return target.reason;
  let tries = 0;
  const seen = await step.wait<Seen>({
    what: `the refusal of ${what}`,
    everyMs: BETWEEN_TRIES_MS,
    timeoutMs: TRIES * 10 * 60_000,
    probe: async () => {
      const now = seenIn(await ask(target), sign);
      tries += 1;
      // All nodes are told of it, one after another.
      if (now === 'refused' || tries === TRIES) return { state: 'ready', value: now };
      return { state: 'pending', detail: `${what}: ${now === 'let in' ? now : now.reason}; asking again` };
    },
  });
  if (seen === 'refused') return undefined;
  if (seen !== 'let in') return seen.reason;
  throw new WizardError('CheckFailed', `${target.variable}: ${what} still lets in`, {
    hint: 'Run the same command again: it goes on from here, and asks again.',
  });
}

type Seen = 'refused' | 'let in' | { readonly reason: string };

function seenIn(answer: Answer, sign: RegExp): Seen {
  if ('notAsked' in answer) return { reason: answer.notAsked };
  const failing = answer.stages.find(({ ok }) => !ok);
  if (failing && sign.test(failing.detail)) return 'refused';
  if (isLetIn(answer)) return 'let in';
  return { reason: failing?.detail ?? 'the probe left stages out' };
}

function isLetIn({ stages, passwordNotAskedFor }: ProbeReport): boolean {
  return passwordNotAskedFor === true || stages.some(({ stage, ok }) => stage === 'ping' && ok);
}
