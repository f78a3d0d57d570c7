/**
 * What the secret of a cache's password holds: the password alone, or, while it is being rotated, two. All of it is
 * one value that is written at once, so that a run which goes on after an interruption knows how far it has come.
 */

export type KeptPassword =
  | { readonly stage: 'settled'; readonly password: string }
  /** `next` is to let in beside it. `tokenChangedAt`: when the AUTH token was last changed before, by AWS's clock. */
  | {
      readonly stage: 'prepared';
      readonly password: string;
      readonly next: string;
      readonly tokenChangedAt?: number;
    }
  /** The new one lets in and is handed out; the one from before lets in still. */
  | { readonly stage: 'handed out'; readonly password: string; readonly before: string };

export type PreparedPassword = Extract<KeptPassword, { stage: 'prepared' }>;

/** Passwords are letters and digits, so that a brace is always ours. */
export function keptPassword(text: string): KeptPassword {
  if (!text.startsWith('{')) return { stage: 'settled', password: text };
  return JSON.parse(text) as KeptPassword;
}

/** All that let in: the one that is handed out first. */
export function passwordsIn(kept: KeptPassword): readonly [string, ...string[]] {
  switch (kept.stage) {
    case 'settled':
      return [kept.password];
    case 'prepared':
      return [kept.password, kept.next];
    case 'handed out':
      return [kept.password, kept.before];
  }
}

export function keptText(kept: KeptPassword): string {
  return kept.stage === 'settled' ? kept.password : JSON.stringify(kept);
}
