/** A plan is data: what one resource would do. */
export interface Detail {
  readonly field: string;
  readonly from?: string;
  readonly to: string;
  /** Where the value came from, in words: 'flag', 'default', 'found'. */
  readonly origin?: string;
}

export type Change<Out> =
  /** `note`: why it is left as it is, where that is not plain. */
  | { readonly action: 'none'; readonly outputs: Out; readonly note?: string }
  | { readonly action: 'create'; readonly details: readonly Detail[] }
  /** Without outputs when the update makes new ones (a task definition revision). */
  | { readonly action: 'update'; readonly details: readonly Detail[]; readonly outputs?: Out }
  /** On the way back alone: setup never deletes. */
  | { readonly action: 'delete'; readonly details: readonly Detail[] }
  | Blocked;

/** Not ours, or only a replacement would do. */
export interface Blocked {
  readonly action: 'blocked';
  readonly reason: string;
  readonly hint: string;
  /** A switch that would mend it, for whoever can be asked. */
  readonly remedy?: { readonly input: 'adopt'; readonly what: string };
}

export function isBlocked(found: object | undefined): found is Blocked {
  return found !== undefined && 'action' in found && found.action === 'blocked';
}
