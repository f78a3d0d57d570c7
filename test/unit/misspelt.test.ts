/** What was typed with a slip of the finger: one sentence, exit code 2, and what was probably meant. */
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/program.ts';
import { WizardError } from '../../src/errors.ts';
import { resolveInputs } from '../../src/inputs/resolve.ts';

function refusalOf(line: string): Pick<WizardError, 'message' | 'hint' | 'exitCode'> {
  try {
    const invocation = parseArguments(line === '' ? [] : line.split(' '), '0.0.0');
    if (!('command' in invocation)) throw new Error(`${line} is no command`);
    resolveInputs(invocation.command, { flags: invocation.flags, environment: {} });
  } catch (error) {
    if (error instanceof WizardError) return error;
    throw error;
  }
  throw new Error(`${line} was taken`);
}

describe('a flag that there is not', () => {
  test.each([
    ['setup --servce backend', '--service'],
    ['setup --ecs-clsuter web', '--ecs-cluster'],
    ['setup --cacheName web-redis', '--cache-name'],
    ['setup --cache_name=web-redis', '--cache-name'],
    ['setup -service backend', '--service'],
    ['setup -cache-name web-redis', '--cache-name'],
    ['status --projct backend', '--project'],
    ['snapshot restore --mov', '--move'],
    ['--servce backend', '--service'],
  ])('%s: %s was meant', (line, hint) => {
    expect(refusalOf(line)).toMatchObject({ exitCode: 2, hint });
  });

  test.each([
    ['setup --move', '--move belongs to snapshot restore.'],
    ['snapshot create --move', '--move belongs to snapshot restore.'],
    ['status --exitCode', '--exit-code belongs to plan.'],
    ['setup --resatrted', '--restarted belongs to rotate-token.'],
    ['rollback --replicas 1', '--replicas belongs to setup, plan, verify and 3 more.'],
  ])('%s: it is another command’s', (line, hint) => {
    expect(refusalOf(line)).toMatchObject({ exitCode: 2, hint });
  });

  test('like none, it is answered with where to look', () => {
    expect(refusalOf('status --frobnicate')).toMatchObject({
      exitCode: 2,
      message: "Unknown option '--frobnicate'",
      hint: 'elasticache-wizard status --help lists those that there are.',
    });
  });
});

test('a flag without its value is told how it is said', () => {
  expect(refusalOf('setup --service')).toMatchObject({
    exitCode: 2,
    message: '--service <name> was given without its value',
  });
});

describe('a command that there is not', () => {
  test.each([
    ['verfy', 'verify'],
    ['rotate', 'rotate-token'],
    ['rotateToken', 'rotate-token'],
    ['snapshot-restore', 'snapshot restore'],
    ['restore', 'snapshot restore'],
    ['failover', 'drill failover'],
    ['snapshots', 'snapshot'],
  ])('%s: %s was meant', (line, meant) => {
    expect(refusalOf(line)).toMatchObject({ exitCode: 2 });
    expect(refusalOf(line).hint).toMatch(new RegExp(`^Did you mean ${meant}\\?`));
  });

  test.each([
    ['drill failovr', 'elasticache-wizard drill failover'],
    ['snapshot lst', 'elasticache-wizard snapshot list'],
    ['snapshot rest --cache-name a', 'elasticache-wizard snapshot restore'],
  ])('%s: its second word is told', (line, hint) => {
    expect(refusalOf(line)).toMatchObject({ exitCode: 2, hint });
  });

  test.each([
    ['help exitcodes', 'elasticache-wizard help exit-codes'],
    ['help stauts', 'elasticache-wizard help status'],
    ['help frobnicate', 'elasticache-wizard --help'],
    ['completion fsh', 'Did you mean fish?'],
  ])('%s: it is told what there is', (line, hint) => {
    expect(refusalOf(line)).toMatchObject({ exitCode: 2, hint });
  });

  test('a family with flags alone is answered with its commands', () => {
    expect(refusalOf('snapshot --project backend').hint).toContain('elasticache-wizard snapshot list');
  });
});

describe('a value that is none of the choices', () => {
  test.each([
    ['setup --engine vakley', '--engine "vakley" must be one of: redis, valkey (did you mean valkey?)'],
    ['setup --env-profile spilt', 'did you mean split?'],
    ['setup --preset prod', 'did you mean production?'],
    ['status --format JSON', 'did you mean json?'],
    ['sandbox --scenario fun-magic', 'did you mean funmagic?'],
  ])('%s', (line, sentence) => {
    const { exitCode, message } = refusalOf(line);
    expect([exitCode, message]).toEqual([2, expect.stringContaining(sentence)]);
  });

  test('like none of them, it is answered with all', () => {
    expect(refusalOf('setup --auth kerberos').message).toMatch(/must be one of: none, token, rbac$/);
  });

  test('an engine of others is explained, not guessed at', () => {
    expect(refusalOf('setup --engine memcached').message).toContain('speaks another protocol');
  });
});
