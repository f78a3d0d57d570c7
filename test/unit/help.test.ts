/** `--help` of every command: examples that can be typed, and what a script has to know. */
import { describe, expect, test } from 'vitest';
import { parseArguments, type Invocation } from '../../src/cli/program.ts';
import { EXIT_CODE } from '../../src/errors.ts';
import { COMMANDS } from '../../src/inputs/input.ts';
import { resolveInputs } from '../../src/inputs/resolve.ts';
import { checkRules } from '../../src/inputs/rules.ts';

const EVERY = [...COMMANDS, 'snapshot', 'drill', 'completion'];
const CONTRACT = [0, 10, ...Object.values(EXIT_CODE)];

function helpOf(words: string): string {
  const invocation = parseArguments([...words.split(' '), '--help'].filter(Boolean), '0.0.0');
  return 'text' in invocation ? invocation.text : '';
}

/** As a shell reads them: what is continued joined, what is redirected left out. */
function examplesIn(help: string): string[] {
  const [, block = ''] = /\nExamples:\n([\s\S]*?)\n\n/.exec(help) ?? [];
  const lines = block.replaceAll(/ \\\n\s+/g, ' ').split('\n');
  return lines.map((line) => line.trim().replace(/ >>? .*$/, ''));
}

function parsed(example: string): Invocation {
  const words = [...example.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
  expect(words[0]).toBe('elasticache-wizard');
  return parseArguments(words.slice(1), '0.0.0');
}

function automationIn(help: string): string {
  return help.slice(help.indexOf('\nAutomation:\n'));
}

describe('the help of every command', () => {
  test.each(EVERY)('%s has two to four examples, each of which is taken as it stands', (command) => {
    const examples = examplesIn(helpOf(command));
    expect(examples.length).toBeGreaterThanOrEqual(2);
    expect(examples.length).toBeLessThanOrEqual(4);
    for (const example of examples) {
      const invocation = parsed(example);
      if ('shell' in invocation) continue;
      if (!('command' in invocation)) throw new Error(`${example} is answered with a text`);
      const { command: taken, flags } = invocation;
      expect(taken.startsWith(command)).toBe(true);
      checkRules(taken, { inputs: resolveInputs(taken, { flags, environment: {} }) });
    }
  });

  test.each(COMMANDS)('%s tells what a script has to know, and exit codes that there are', (command) => {
    const automation = automationIn(helpOf(command));
    const [, ...labels] = automation.split(/^ {2}(?=\S)/m).map((each) => each.split(' ')[0]);
    expect(labels).toEqual(['needs', 'stdout', '--json', 'writes', 'again', 'exits']);
    const [, codes = ''] = /^ {2}exits +([\d\s]+)\(help exit-codes\)/m.exec(automation) ?? [];
    const named = codes.trim().split(/\s+/).map(Number);
    expect(named).toContain(0);
    expect(named.filter((code) => !CONTRACT.includes(code as never))).toEqual([]);
  });

  test.each(['snapshot', 'drill', 'completion', ''])('%j has a word on automation too', (command) => {
    expect(automationIn(helpOf(command)).length).toBeGreaterThan(50);
  });

  test.each([...EVERY, ''])('%j fits 80 columns', (command) => {
    expect(
      helpOf(command)
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  test('help of a command in two words is that of the command', () => {
    const invocation = parseArguments(['help', 'snapshot', 'create'], '0.0.0');
    expect(invocation).toEqual({ text: helpOf('snapshot create') });
  });
});
