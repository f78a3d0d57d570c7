/** What `--help` tells scripts, against what the commands print and end with. */
import { afterAll, expect } from 'vitest';
import { AUTOMATION } from '../../src/cli/automation-texts.ts';
import type { CommandName } from '../../src/inputs/input.ts';
import { DESTROY, openStage, ROLLBACK, SETUP, type Scene } from '../faults/scene.ts';
import { inMatrix } from '../matrix.ts';
import { COLLABCANVAS, REFRESH } from './command-line.ts';

const stage = await openStage();
afterAll(() => stage.sandbox.close());

const PROJECT = ['--project', 'collabcanvas-backend'];
const REPLICATED = ['--replicas', '1', '--multi-az', '--auth', 'token', '--fix-execution-role'];

/** In the order of a project's life; a run ends with 0 where nothing else is said. */
const LIFE: readonly { readonly argv: readonly string[]; readonly exitCode?: number }[] = [
  { argv: ['plan', ...COLLABCANVAS, '--exit-code'], exitCode: 10 },
  { argv: [...SETUP, ...REPLICATED, '--detach'] },
  { argv: [...SETUP, ...REPLICATED] },
  { argv: ['verify', ...COLLABCANVAS, ...REFRESH] },
  { argv: ['status', ...PROJECT] },
  { argv: ['alarms', ...PROJECT, '--yes'] },
  { argv: ['scale', ...PROJECT] },
  { argv: ['scale', ...PROJECT, '--replicas', '2', '--yes'] },
  { argv: ['snapshot', 'create', ...PROJECT, '--snapshot-name', 'kept', '--yes'] },
  { argv: ['snapshot', 'list'] },
  { argv: ['snapshot', 'delete', '--snapshot-name', 'kept', '--yes'] },
  { argv: ['snapshot', 'delete', '--snapshot-name', 'kept', '--yes'], exitCode: 2 },
  { argv: ['drill', 'failover', ...PROJECT, '--yes'] },
  { argv: ['drill', 'outage', ...PROJECT, '--yes'] },
  // No server is behind the caches of these accounts, so that none refuses the old password.
  { argv: ['rotate-token', ...PROJECT, '--yes'], exitCode: 6 },
  { argv: ['status', ...PROJECT, '--strict'] },
  { argv: ['logs', ...PROJECT] },
  { argv: ['policy'] },
  { argv: ROLLBACK },
  { argv: ROLLBACK },
  { argv: DESTROY },
  { argv: DESTROY, exitCode: 2 },
];

inMatrix('every command prints and ends with what its help says', async () => {
  await stage.withScene(async (scene) => {
    for (const { argv, exitCode = 0 } of LIFE) await mustBeAsTold(argv, exitCode, scene);
  });
});

async function mustBeAsTold(argv: readonly string[], wanted: number, scene: Scene): Promise<void> {
  const [first = '', second = ''] = argv;
  const command = (`${first} ${second}` in AUTOMATION ? `${first} ${second}` : first) as CommandName;
  const { types, exits } = AUTOMATION[command];
  const told = [...types, 'result'];
  const isTold = (type: string): boolean =>
    told.some((each) => (each.endsWith('*') ? type.startsWith(each.slice(0, -1)) : type === each));
  const { exitCode, events, result } = await scene.run(argv);
  const untold = events.map(({ type }) => String(type)).filter((type) => !isTold(type));
  expect({ argv, exitCode, untold, error: exitCode === wanted ? '' : result.error?.message }).toEqual({
    argv,
    exitCode: wanted,
    untold: [],
    error: '',
  });
  expect(exits).toContain(exitCode);
}
