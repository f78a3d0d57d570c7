/** The canvas app in an account whose policies are enforced: what is printed, what is taken out of it, and what was called. */
import { VirtualClock } from '../../src/clock.ts';
import type { PolicyDocument } from '../../src/domain/iam/document.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { COLLABCANVAS, commandLine, REFRESH, type Ended } from './command-line.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

export interface Canvas extends SandboxAccount {
  readonly run: (...argv: string[]) => Promise<Ended>;
  readonly setup: (...argv: string[]) => Promise<Ended>;
  readonly verify: (...argv: string[]) => Promise<Ended>;
  readonly enforce: (document: PolicyDocument | undefined) => void;
  /** What `policy` prints. */
  readonly policy: (...argv: string[]) => Promise<PolicyDocument>;
  readonly calls: (action?: string) => string[];
  /** What was really done, the run's own lease aside. */
  readonly writes: () => string[];
}

export interface PolicyStage {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  /** Its app has no processes: whether somebody may call an action depends on none. */
  readonly canvas: () => Promise<Canvas>;
  readonly canvasOf: (options: Omit<CollabcanvasOptions, 'programsFolder'>) => Promise<Canvas>;
  /** Of what was opened since. */
  closeCanvas(): Promise<void>;
}

export async function openPolicyStage(): Promise<PolicyStage> {
  const clock = new VirtualClock();
  const sandbox = await quickSandbox({ scenario: bare, clock });
  let opened: SandboxAccount | undefined;

  async function canvasOf(options: Omit<CollabcanvasOptions, 'programsFolder'>): Promise<Canvas> {
    const at = await sandbox.openAccount(quickCanvas(options));
    opened = at;
    const key = at.env.AWS_ACCESS_KEY_ID;
    const mine = () => sandbox.calls().filter(({ accessKeyId }) => accessKeyId === key);
    const run = (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock);
    return {
      ...at,
      run,
      setup: (...argv) => run('setup', ...COLLABCANVAS, ...REFRESH, '--yes', ...argv),
      verify: (...argv) => run('verify', ...COLLABCANVAS, ...REFRESH, ...argv),
      enforce: (document) => sandbox.setPolicy(document, key),
      policy: async (...argv) => {
        const { events } = await run('policy', ...argv, '--region', 'us-east-1', ...COLLABCANVAS);
        return events.find(({ type }) => type === 'policy')?.document as PolicyDocument;
      },
      calls: (action) =>
        mine()
          .map((call) => `${call.service}:${call.action}`)
          .filter((call) => action === undefined || call === action),
      writes: () =>
        mine()
          .filter(({ service, write, outcome }) => write && service !== 'ssm' && outcome === 'ok')
          .map((call) => `${call.service}:${call.action}`),
    };
  }

  return {
    sandbox,
    clock,
    canvas: () => canvasOf({ inert: INERT_CANVAS }),
    canvasOf,
    async closeCanvas() {
      await opened?.account.close();
      opened = undefined;
      sandbox.faults.clear();
    },
  };
}

export function without(document: PolicyDocument, action: string): PolicyDocument {
  const Statement = document.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((each) => each !== action),
  })).filter(({ Action }) => Action.length > 0);
  return { ...document, Statement };
}
