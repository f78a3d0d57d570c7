/** The defaults that somebody chooses by one name: how safe what is created is to be. */
import type { Auth } from './settings.ts';

export interface PresetDefaults {
  readonly replicas?: number;
  readonly multiAz?: boolean;
  /** Days. */
  readonly snapshotRetention?: number;
  readonly auth?: Auth;
  readonly refreshes?: number;
  readonly monitoring?: boolean;
}

export const PRESETS = {
  /** One node to try things on: what a workload would add beside it counts only where nobody chose this. */
  development: { replicas: 0, multiAz: false, snapshotRetention: 0 },
  production: {
    replicas: 1,
    multiAz: true,
    snapshotRetention: 7,
    auth: 'token',
    refreshes: 20,
    monitoring: true,
  },
} as const satisfies Readonly<Record<string, PresetDefaults>>;

export type Preset = keyof typeof PRESETS;

/** Of none: nothing besides the defaults of each input. */
export function presetOf(preset: Preset | undefined): PresetDefaults {
  return preset === undefined ? {} : PRESETS[preset];
}
