/** Every input, declared once. */
import type { z } from 'zod';
import { alarmInputs } from './alarm-inputs.ts';
import { appInputs } from './app-inputs.ts';
import { cacheInputs } from './cache-inputs.ts';
import { connectInputs } from './connect-inputs.ts';
import { drillInputs } from './drill-inputs.ts';
import { everywhereInputs } from './everywhere-inputs.ts';
import type { CommandName, Input } from './input.ts';
import { logInputs } from './log-inputs.ts';
import { presentationInputs } from './presentation-inputs.ts';
import { proofInputs } from './proof-inputs.ts';
import { rotationInputs } from './rotation-inputs.ts';
import { snapshotInputs } from './snapshot-inputs.ts';

export const CATALOGUE = {
  ...appInputs,
  ...cacheInputs,
  ...proofInputs,
  ...alarmInputs,
  ...snapshotInputs,
  ...connectInputs,
  ...drillInputs,
  ...rotationInputs,
  ...logInputs,
  ...presentationInputs,
  ...everywhereInputs,
};

export type InputName = keyof typeof CATALOGUE;
export type InputValue<N extends InputName> = z.output<(typeof CATALOGUE)[N]['schema']>;

/** Those with a default always have a value. */
export type HasDefault<N extends InputName> = (typeof CATALOGUE)[N]['default'] extends undefined
  ? false
  : true;

export function inputsOf(command: CommandName): [InputName, Input<unknown>][] {
  return (Object.entries(CATALOGUE) as [InputName, Input<unknown>][]).filter(([, input]) =>
    input.commands.includes(command),
  );
}
