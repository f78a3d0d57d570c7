/** The engine over resources that are nothing but records: order, concurrency, failure, interruption. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Kind, Ref } from '../../src/domain/outputs.ts';
import { applyPlan, type ApplyOptions } from '../../src/engine/apply.ts';
import type { WizardEvent } from '../../src/engine/events.ts';
import { inOrder } from '../../src/engine/graph.ts';
import { blockedBy, isConverged, planResources } from '../../src/engine/plan.ts';
import type { AnyResource, Step } from '../../src/engine/resource.ts';
import { applyUndo, planUndo, type Stages, type Undoable } from '../../src/engine/undo.ts';
import { WizardError } from '../../src/errors.ts';

interface World {
  /** What happened, with the virtual second at which it did. */
  readonly log: string[];
  readonly clock: VirtualClock;
  readonly events: WizardEvent[];
  readonly abort: AbortController;
}

function world(): World {
  return { log: [], clock: new VirtualClock({ start: 0 }), events: [], abort: new AbortController() };
}

interface Script {
  needs?: readonly Ref[];
  seconds?: number;
  change?: Change<unknown>;
  fails?: WizardError;
}

const ref = (kind: Kind, name: string): Ref => ({ kind, name });

function scripted({ log, clock }: World, kind: Kind, name: string, script: Script = {}): AnyResource {
  const seconds = (): number => clock.now() / 1000;
  const wait = (step: Step): Promise<void> => {
    const until = clock.now() + (script.seconds ?? 0) * 1000;
    return step.wait({
      what: name,
      everyMs: 1_000,
      timeoutMs: 60_000,
      probe: () =>
        Promise.resolve(
          clock.now() < until
            ? ({ state: 'pending', detail: 'creating', begun: kind === 'cache' } as const)
            : script.fails
              ? ({ state: 'failed', error: script.fails } as const)
              : ({ state: 'ready', value: undefined } as const),
        ),
    });
  };
  const resource = {
    kind,
    name,
    needs: script.needs ?? [],
    plan: () => Promise.resolve(script.change ?? { action: 'create', details: [] }),
    async reconcile(_known: unknown, step: Step) {
      log.push(`${name} begins at ${seconds()}`);
      await wait(step);
      log.push(`${name} ends at ${seconds()}`);
      return {};
    },
  };
  return resource as unknown as AnyResource;
}

async function apply(
  world: World,
  resources: readonly AnyResource[],
  options: Pick<ApplyOptions, 'detached'> = {},
): Promise<unknown> {
  const { clock, events, abort } = world;
  const plan = await planResources(resources);
  return applyPlan(resources, plan, {
    clock,
    signal: abort.signal,
    emit: (event) => events.push(event),
    ...options,
  });
}

describe('the order of a run', () => {
  test('what does not need each other is reconciled at the same time, and a run takes its longest chain', async () => {
    const w = world();
    await apply(w, [
      scripted(w, 'securityGroup', 'group', { seconds: 1 }),
      scripted(w, 'cache', 'one', { seconds: 10, needs: [ref('securityGroup', 'group')] }),
      scripted(w, 'rehearsal', 'probe', { seconds: 4 }),
      scripted(w, 'taskDefinition', 'revision', { needs: [ref('cache', 'one'), ref('rehearsal', 'probe')] }),
    ]);
    expect(w.log).toEqual([
      'group begins at 0',
      'probe begins at 0',
      'group ends at 1',
      'one begins at 1',
      'probe ends at 4',
      'one ends at 11',
      'revision begins at 11',
      'revision ends at 11',
    ]);
  });

  test('a circle of needs is refused', () => {
    const w = world();
    const circle = [
      scripted(w, 'cache', 'a', { needs: [ref('service', 'b')] }),
      scripted(w, 'service', 'b', { needs: [ref('cache', 'a')] }),
    ];
    expect(() => inOrder(circle)).toThrow('Resources need each other');
  });

  test('what is right already is not touched, and hands its outputs on', async () => {
    const w = world();
    const outputs = { groupId: 'sg-1' };
    const resources = [scripted(w, 'securityGroup', 'group', { change: { action: 'none', outputs } })];
    const plan = await planResources(resources);
    expect(isConverged(plan)).toBe(true);
    const known = await applyPlan(resources, plan, {
      clock: w.clock,
      signal: w.abort.signal,
      emit: () => undefined,
    });
    expect(known.need('securityGroup', 'group')).toEqual(outputs);
    expect(w.log).toEqual([]);
  });
});

describe('a detached run', () => {
  test('leaves to AWS what AWS has begun, ends what it does itself, and starts nothing that needs the former', async () => {
    const w = world();
    await apply(
      w,
      [
        scripted(w, 'securityGroup', 'group', { seconds: 1 }),
        scripted(w, 'cache', 'one', { seconds: 500, needs: [ref('securityGroup', 'group')] }),
        scripted(w, 'userGroup', 'users', { seconds: 4 }),
        scripted(w, 'taskDefinition', 'revision', { needs: [ref('cache', 'one')] }),
      ],
      { detached: true },
    );
    expect(w.log).toEqual([
      'group begins at 0',
      'users begins at 0',
      'group ends at 1',
      'one begins at 1',
      'users ends at 4',
    ]);
    const ended = w.events.flatMap((event) =>
      event.type === 'step.finished' ? [`${event.ref.name} ${event.outcome}`] : [],
    );
    expect(ended).toEqual(['group created', 'one started', 'users created']);
  });
});

describe('a run that cannot go on', () => {
  const failure = new WizardError('OperationFailed', 'create-failed');

  test('a failure stops what waits, starts nothing that comes after it, and is the one that is thrown', async () => {
    const w = world();
    const run = apply(w, [
      scripted(w, 'cache', 'bad', { seconds: 3, fails: failure }),
      scripted(w, 'cache', 'slow', { seconds: 50 }),
      scripted(w, 'service', 'app', { needs: [ref('cache', 'bad')] }),
    ]);
    await expect(run).rejects.toBe(failure);
    expect(w.log).toEqual(['bad begins at 0', 'slow begins at 0']);
    expect(w.clock.now()).toBe(3_000);
    expect(w.events.filter(({ type }) => type === 'step.failed')).toHaveLength(1);
  });

  test('an interruption ends every wait with its own reason', async () => {
    const w = world();
    const interrupted = new WizardError('Interrupted', 'Interrupted');
    w.clock.after(2_000, () => w.abort.abort(interrupted));
    await expect(apply(w, [scripted(w, 'cache', 'slow', { seconds: 50 })])).rejects.toBe(interrupted);
    expect(w.clock.now()).toBe(2_000);
  });

  test('a wait that takes too long says what was last seen and that it can go on', async () => {
    const w = world();
    const error: unknown = await apply(w, [scripted(w, 'cache', 'slow', { seconds: 500 })]).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code: 'TimedOut',
      message: 'Waiting for slow: not done after 1 min; last seen: creating',
    });
  });

  test('a plan with something blocked names the first and counts the others', async () => {
    const w = world();
    const blocked: Change<unknown> = { action: 'blocked', reason: 'not ours', hint: 'Choose another name.' };
    const plan = await planResources([
      scripted(w, 'securityGroup', 'group', { change: blocked }),
      scripted(w, 'cache', 'one', { change: blocked }),
    ]);
    expect(blockedBy(plan)).toMatchObject({
      exitCode: 4,
      message: 'group: not ours (and 1 more)',
      hint: 'Choose another name.',
    });
  });
});

describe('the way back', () => {
  const reversed = (w: World, name: string, change: Change<unknown>, fails?: WizardError): Undoable => ({
    kind: 'cache',
    name,
    plan: () => Promise.resolve(change),
    undo: () => {
      w.log.push(`${name} undone`);
      return fails ? Promise.reject(fails) : Promise.resolve();
    },
  });
  const remove: Change<unknown> = { action: 'delete', details: [] };
  const goBack = async (w: World, stages: Stages): Promise<void> => {
    const options = {
      clock: w.clock,
      signal: w.abort.signal,
      emit: (event: WizardEvent) => w.events.push(event),
    };
    await applyUndo(stages, await planUndo(stages), options);
  };

  test('goes stage by stage, and passes over what is as it was', async () => {
    const w = world();
    await goBack(w, [
      [reversed(w, 'app', { action: 'update', details: [] })],
      [reversed(w, 'gone', { action: 'none', outputs: undefined })],
      [reversed(w, 'cache', remove)],
    ]);
    expect(w.log).toEqual(['app undone', 'cache undone']);
    const outcomes = w.events.flatMap((event) => (event.type === 'step.finished' ? event.outcome : []));
    expect(outcomes).toEqual(['undone', 'deleted']);
  });

  test('ends a stage before it stops over a failure in it, and does not begin the next', async () => {
    const w = world();
    const stages = [
      [
        reversed(w, 'one', remove, new WizardError('Blocked', 'still used', { hint: 'Wait.' })),
        reversed(w, 'two', remove, new WizardError('OperationFailed', 'no')),
        reversed(w, 'three', remove),
      ],
      [reversed(w, 'group', remove)],
    ];
    await expect(goBack(w, stages)).rejects.toMatchObject({
      message: 'Not undone: one, two. First reason: still used',
      hint: 'Wait.',
      exitCode: 4,
    });
    expect(w.log).toEqual(['one undone', 'two undone', 'three undone']);
  });
});
