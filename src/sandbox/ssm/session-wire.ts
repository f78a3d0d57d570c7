/** What the stand-in for the plugin and the sandbox say to each other: lines of JSON, in the place of AWS's data channel. */

/** The first line of each connection of the stand-in. */
export interface ConnectionHeader {
  readonly sessionId: string;
  readonly token: string;
  readonly opens: 'session' | 'connection';
}

/** What a session is told, line by line. */
export type SessionMessage =
  /** As its document was given it; 0 is any. */
  | { readonly localPort: number }
  /** A connection did not arrive. */
  | { readonly failed: true };
