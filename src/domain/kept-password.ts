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

/** Passwords are letters and digits, so that a brace is always ours; undefined: somebody has written something else. */
export function keptPassword(text: string): KeptPassword | undefined {
  if (!text.startsWith('{')) return { stage: 'settled', password: text };
  const kept = parsed(text);
  return isKept(kept) ? kept : undefined;
}

/** The error of JSON.parse quotes the text, which is a secret. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKept(value: unknown): value is KeptPassword {
  if (typeof value !== 'object' || value === null) return false;
  const { stage, password, next, before } = value as Readonly<Record<string, unknown>>;
  const other = stage === 'prepared' ? next : stage === 'handed out' ? before : undefined;
  return typeof password === 'string' && typeof other === 'string';
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
