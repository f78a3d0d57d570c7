/** `connect` as a user types it: with the stand-in for AWS's plugin on the PATH, and what the program behind `--` wrote. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DescribeSessionsResponse } from '@aws-sdk/client-ssm';
import type { Clock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { ownChildren } from '../../src/tunnel/children.ts';
import { accountCalls } from './account-calls.ts';
import { commandLine, type Ended } from './command-line.ts';

export interface Connected extends Ended {
  /** What the program behind `--`, or the shell, wrote. */
  readonly said: string;
}

export interface TunnelScene {
  /** `argv`: behind `connect`. */
  connect(argv: readonly string[], more?: ConnectOptions): Promise<Connected>;
  /** How those stand that were started since the last question. */
  sessionsSince(): Promise<string[]>;
  /** A program of this name that a shell runs, in a folder of its own. */
  program(name: string, script: string): string;
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

export interface ConnectOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export function tunnelScene(sandbox: Sandbox, clock: Clock): TunnelScene {
  const folder = mkdtempSync(join(tmpdir(), 'connect-'));
  const call = accountCalls(sandbox, clock);
  const known = new Set<string>();
  const env = {
    PATH: `${sandbox.programsOnPath}:${process.env.PATH ?? ''}`,
    SSL_CERT_FILE: sandbox.authorityFile,
    AWS_ENDPOINT_URL: sandbox.endpointUrl,
  };
  let runs = 0;
  return {
    env,
    async connect(argv, { variables = {}, signal } = {}) {
      const file = join(folder, `said-${(runs += 1)}`);
      const descriptor = openSync(file, 'w');
      const children = ownChildren({
        foreground: ['ignore', descriptor, descriptor],
        terminal: false,
        signalGroup: (leader, signal) => process.kill(-leader, signal),
      });
      const given = { ...env, ...variables };
      const ended = await commandLine(
        ['connect', ...argv],
        sandbox,
        clock,
        signal,
        undefined,
        given,
        children,
      );
      closeSync(descriptor);
      return { ...ended, said: readFileSync(file, 'utf8') };
    },
    async sessionsSince() {
      const pages = await Promise.all(
        ['Active', 'History'].map((State) =>
          call<DescribeSessionsResponse>('ssm', 'DescribeSessions', { State }),
        ),
      );
      const all = pages.flatMap(({ Sessions = [] }) => Sessions);
      const fresh = all.filter(({ SessionId = '' }) => !known.has(SessionId));
      for (const { SessionId = '' } of fresh) known.add(SessionId);
      return fresh.map(({ Status = '' }) => Status);
    },
    program(name, script) {
      const own = mkdtempSync(join(folder, 'bin-'));
      writeFileSync(join(own, name), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
      return own;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
