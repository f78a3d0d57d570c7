/** What a command gets to work with. */
import type { Clock } from '../clock.ts';
import type { Emit } from '../engine/events.ts';
import type { Asker } from '../inputs/asker.ts';
import type { CommandName } from '../inputs/input.ts';
import type { ProjectInputs } from '../inputs/project-inputs.ts';
import type { Environment } from '../inputs/resolve.ts';
import type { Output } from '../output/output.ts';
import type { Children } from '../tunnel/children.ts';
import type { RunRecord } from './run-record.ts';
import type { Connect } from './world.ts';

export interface Session extends ProjectInputs {
  readonly command: CommandName;
  /** What stands behind `--` on the command line. */
  readonly operands: readonly string[];
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
  readonly children: Children;
}

/** Ends with an exit code, which may be that of a program of the user's, or throws. */
export type Command = (session: Session) => Promise<number>;
