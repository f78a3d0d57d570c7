/** What is wrong with an address that an app is handed: it does not work, or it is risky. */

export interface Problem {
  readonly outcome: 'fail' | 'warn';
  readonly what: string;
  readonly means?: string;
}

export function broken(what: string, means?: string): Problem {
  return { outcome: 'fail', what, ...(means === undefined ? {} : { means }) };
}
