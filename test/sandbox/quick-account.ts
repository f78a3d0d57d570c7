/**
 * Accounts whose AWS is quicker than the real one: in a minute of waiting the lease is renewed, targets are checked and
 * caches are polled, and none of it is what is asked.
 */
import type { Clock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { collabcanvas, type CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { PROGRAMS } from './command-line.ts';

interface SandboxChoices {
  readonly clock: Clock;
  /** 5 when absent; 1 is AWS's own. */
  readonly cacheSpeed?: number;
}

export function quickSandbox(options: SandboxChoices & { readonly scenario: Scenario }): Promise<Sandbox> {
  return startSandbox({ programsFolder: PROGRAMS, cacheSpeed: 5, ...options });
}

export function quickCanvas(options: Omit<CollabcanvasOptions, 'programsFolder'> = {}): Scenario {
  return collabcanvas({ programsFolder: PROGRAMS, drainSeconds: 30, ...options });
}

/** Nothing of an inert app connects to a cache, so that a server process a cache would only cost time. */
export async function inertSandbox(choices: SandboxChoices): Promise<Sandbox> {
  const path = process.env.PATH;
  process.env.PATH = '';
  try {
    return await quickSandbox({ scenario: bare, ...choices });
  } finally {
    process.env.PATH = path;
  }
}

export function inertCanvas(options: Omit<CollabcanvasOptions, 'programsFolder'> = {}): Scenario {
  return quickCanvas({ inert: INERT_CANVAS, ...options });
}
