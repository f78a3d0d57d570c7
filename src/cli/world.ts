/** All that the program needs from outside, so that tests can run the whole of it in their own process. */
import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../inputs/resolve.ts';
import type { Streams } from '../output/output.ts';
import type { Children } from '../tunnel/children.ts';

export interface World extends Streams {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly stdin: NodeJS.ReadableStream;
  /** Whether each is a terminal. */
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  readonly clock: Clock;
  /** Aborted, with a WizardError as its reason, when the user wants to stop. */
  readonly signal: AbortSignal;
  /** Calls back, at once and for the last time, when the process ends, whoever ends it. */
  readonly onExit?: (last: () => void) => void;
  readonly version: string;
  /** The folder of the programs that run in processes of their own. */
  readonly programsFolder: string;
  readonly connect: Connect;
  /** Other programs of this machine. */
  readonly children: Children;
}

/** Opens an account. Throws NoCredentials or InvalidInput where it is not known which. */
export type Connect = (target: AwsTarget) => Promise<Aws>;

export interface AwsTarget {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly clock: Clock;
  /** Absent: where the SDK finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
