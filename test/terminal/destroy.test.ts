/** The question before a project is destroyed, on a virtual terminal. */
import { beforeEach, expect, test } from 'vitest';
import { requireNamed } from '../../src/cli/applying/approval.ts';
import { parseArguments } from '../../src/cli/program.ts';
import type { Asker } from '../../src/inputs/asker.ts';
import { inquirerAsker } from '../../src/inputs/inquirer-asker.ts';
import { resolveInputs, type Inputs } from '../../src/inputs/resolve.ts';
import { TerminalWindow } from './terminal-window.ts';

let window: TerminalWindow;
let asker: Asker;

beforeEach(() => {
  window = new TerminalWindow();
  asker = inquirerAsker({
    input: window.stdin,
    output: window.output,
    signal: new AbortController().signal,
    setting: { bold: String, dim: String, indented: String },
    suspend: () => undefined,
    resume: () => undefined,
  });
});

function inputsFrom(...argv: string[]): Inputs {
  const invocation = parseArguments(['destroy', ...argv], '0.0.0');
  if (!('command' in invocation)) throw new Error('it is no command');
  return resolveInputs(invocation.command, { flags: invocation.flags, environment: {} });
}

async function type(answer: string): Promise<void> {
  await window.asks('To destroy it, type the name of the project');
  window.type(answer);
  window.press('enter');
}

test('the name of the project is typed', async () => {
  const answer = requireNamed('backend', { asker, inputs: inputsFrom('--project', 'backend') });
  await type('backend');
  await expect(answer).resolves.toBeUndefined();
});

test('another name ends with exit code 2, and --yes does not take its place', async () => {
  const answer = requireNamed('backend', { asker, inputs: inputsFrom('--yes') });
  const refused = expect(answer).rejects.toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  await type('yes');
  await refused;
});

test('--confirm answers it', async () => {
  await requireNamed('backend', { asker, inputs: inputsFrom('--confirm', 'backend') });
});
