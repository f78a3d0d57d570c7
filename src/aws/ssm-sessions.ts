/** Sessions of Session Manager that forward a port to a host that their target reaches. */

export interface PortForwarding {
  /** An instance's id, or `ecs:<cluster>_<task id>_<runtime id>`. */
  readonly target: string;
  readonly host: string;
  readonly port: number;
  /** Absent: the plugin chooses a free one. */
  readonly localPort?: number | undefined;
}

export interface StartedSession {
  readonly sessionId: string;
  /** What was asked for, as the plugin wants to be told. */
  readonly request: object;
  /** What AWS answered. It holds a token that lets anybody speak in the session: a secret. */
  readonly response: { readonly SessionId: string; readonly StreamUrl: string; readonly TokenValue: string };
}

export interface SsmSessions {
  /** Undefined: the agent of the target has no connection to Systems Manager. */
  start(forwarding: PortForwarding): Promise<StartedSession | undefined>;
  /** One that is over stays as it is. */
  terminate(sessionId: string): Promise<void>;
}
