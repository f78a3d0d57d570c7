/** The systems of which there are recordings, by name. */
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';

export const SCENARIOS = { collabcanvas, funmagic, kempian, 'close-up': closeUp };

export type ScenarioName = keyof typeof SCENARIOS;
