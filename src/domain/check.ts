/** The answer to one question about the result. */
export type Outcome = 'pass' | 'warn' | 'fail' | 'inconclusive' | 'skip';

export type CheckResult =
  | { readonly outcome: 'pass' | 'skip'; readonly detail: string }
  | { readonly outcome: 'warn' | 'fail' | 'inconclusive'; readonly detail: string; readonly hint: string };

export const CHECKS = ['ingress', 'variables', 'ping', 'revision', 'logs', 'stickiness', 'refresh'] as const;
export type CheckId = (typeof CHECKS)[number];

export type CheckReport = { readonly id: CheckId } & CheckResult;
