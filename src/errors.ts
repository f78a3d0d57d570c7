/** What went wrong, why, what to do, and how the program ends. The exit codes are a contract (README, "Exit codes"). */
export const EXIT_CODE = {
  OperationFailed: 1,
  SomebodyElseDeployed: 1,
  InvalidInput: 2,
  MissingInput: 2,
  NotFound: 2,
  NoCredentials: 3,
  AccessDenied: 3,
  Blocked: 4,
  NotOurs: 4,
  QuotaExceeded: 4,
  TimedOut: 5,
  CheckFailed: 6,
  RolloutFailed: 7,
  Declined: 130,
  Interrupted: 130,
  Terminated: 143,
} as const;

export type ErrorCode = keyof typeof EXIT_CODE;
export type ExitCode = (typeof EXIT_CODE)[ErrorCode] | 0 | 10;

/** A switch that would mend it, and what is done then: somebody who can be asked is offered it. */
export interface Remedy {
  readonly input: 'fixExecutionRole' | 'adopt';
  readonly what: string;
}

/**
 * A failure that a user can understand. `message` is one sentence, `{what was being done}: {why it failed}`;
 * `hint` says what to do, as a sentence or a command. Never holds a secret.
 */
export class WizardError extends Error {
  override readonly name = 'WizardError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** It may be over in a moment (a lost connection, throttling): a wait goes on asking for some minutes. */
  readonly transient: boolean;
  readonly remedy: Remedy | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    how: {
      hint?: string | undefined;
      cause?: unknown;
      transient?: boolean | undefined;
      remedy?: Remedy | undefined;
    } = {},
  ) {
    super(message, { cause: how.cause });
    this.code = code;
    this.hint = how.hint;
    this.transient = how.transient === true;
    this.remedy = how.remedy;
  }

  get exitCode(): ExitCode {
    return EXIT_CODE[this.code];
  }
}
