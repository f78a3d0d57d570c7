/** What a command gets to work with. */
import type { Clock } from '../clock.ts';
import type { Emit } from '../engine/events.ts';
import type { ExitCode } from '../errors.ts';
import type { Asker } from '../inputs/asker.ts';
import type { CommandName } from '../inputs/input.ts';
import type { ProjectInputs } from '../inputs/project-inputs.ts';
import type { Environment } from '../inputs/resolve.ts';
import type { Output } from '../output/output.ts';
import type { RunRecord } from './run-record.ts';
import type { Connect } from './world.ts';

export interface Session extends ProjectInputs {
  readonly command: CommandName;
  readonly env: Environment;
  readonly asker: Asker;
  readonly output: Output;
  readonly record: RunRecord;
  /** To the renderer and to the record. */
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly programsFolder: string;
  readonly connect: Connect;
}

/** Ends with an exit code, or throws. */
export type Command = (session: Session) => Promise<ExitCode>;
