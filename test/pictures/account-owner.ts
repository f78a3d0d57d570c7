/** Whoever owns an app of the sandbox and types commands: the tool's own in this process, so that ten minutes of AWS take a moment. */
import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { createAws } from '../../src/aws/clients.ts';
import { run } from '../../src/cli/run.ts';
import type { Clock } from '../../src/clock.ts';
import type { TerminalStream } from '../../src/output/tty-renderer.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ownChildren } from '../../src/tunnel/children.ts';
import { accountCalls } from '../sandbox/account-calls.ts';
import { typeIn } from '../sandbox/typed-command.ts';
import type { Installation } from './installation.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import { scrolledText } from './screen.ts';
import { wordsOf } from './shell-words.ts';

export interface AccountOwner {
  readonly sandbox: Sandbox;
  /** `line`: as a shell reads it. `said`: what is on the terminal at its end, without colours. */
  type(line: string): Promise<{ readonly exitCode: number; readonly said: string }>;
  close(): Promise<void>;
}

const COLUMNS = 96;
/** In which tasks are replaced; the time is virtual. */
const ROLLOUT_MS = 15 * 60_000;

export async function openAccount(
  scenario: ScenarioName,
  { programsFolder, folder, env: home }: Installation,
  clock: Clock,
): Promise<AccountOwner> {
  const sandbox = await startSandbox({
    scenario: SCENARIOS[scenario]({ programsFolder }),
    programsFolder,
    clock,
  });
  const { env: account, authorityFile, programsOnPath, appUrl = '' } = sandbox;
  const env = {
    ...home,
    ...account,
    PATH: `${programsOnPath}:${home['PATH'] ?? ''}`,
    SSL_CERT_FILE: authorityFile,
    TERM: 'xterm-256color',
    APP_URL: appUrl,
  };
  const call = accountCalls(sandbox, clock);
  const files = mkdtempSync(join(tmpdir(), 'transcripts-'));
  let typed = 0;

  /** The tool and the programs that it starts write to one terminal. */
  async function runTool(argv: readonly string[]): Promise<{ exitCode: number; said: string }> {
    const file = join(files, String((typed += 1)));
    const descriptor = openSync(file, 'a');
    const stream = terminalStream(descriptor);
    const exitCode = await run({
      argv,
      env,
      stdin: new PassThrough(),
      stdout: stream,
      stderr: stream,
      terminal: { stdin: false, stdout: true, stderr: true },
      clock,
      signal: new AbortController().signal,
      version: '0.0.0',
      programsFolder,
      children: ownChildren({
        foreground: ['ignore', descriptor, descriptor],
        terminal: false,
        signalGroup: (leader, signal) => process.kill(-leader, signal),
      }),
      connect: ({ region, clock: own }) =>
        Promise.resolve(
          createAws({
            region: region ?? account['AWS_REGION'] ?? '',
            endpointUrl: sandbox.endpointUrl,
            credentials: {
              accessKeyId: account['AWS_ACCESS_KEY_ID'] ?? '',
              secretAccessKey: account['AWS_SECRET_ACCESS_KEY'] ?? '',
            },
            clock: own,
            retryDelay: () => 0,
          }),
        ),
    });
    closeSync(descriptor);
    return { exitCode, said: await scrolledText(readFileSync(file, 'utf8'), COLUMNS) };
  }

  return {
    sandbox,
    async type(line) {
      if (line.startsWith('elasticache-wizard ')) return runTool(wordsOf(line, env).slice(1));
      if (line.startsWith('aws ecs wait ')) {
        await clock.sleep(ROLLOUT_MS);
        return { exitCode: 0, said: '' };
      }
      if (line.startsWith('aws ')) {
        await typeIn(line, call);
        return { exitCode: 0, said: '' };
      }
      const { stdout } = await promisify(execFile)('sh', ['-c', line], { env, cwd: folder });
      return { exitCode: 0, said: stdout.trimEnd() };
    },
    async close() {
      await sandbox.close();
      rmSync(files, { recursive: true });
    },
  };
}

function terminalStream(descriptor: number): TerminalStream {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writeSync(descriptor, chunk);
      done();
    },
  });
  // Of a terminal's stream, what a spinner asks for.
  return Object.assign(stream, {
    isTTY: true,
    columns: COLUMNS,
    rows: 50,
    cursorTo: (column: number, row?: number) => cursorTo(stream, column, row),
    moveCursor: (columns: number, rows: number) => moveCursor(stream, columns, rows),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
  });
}
