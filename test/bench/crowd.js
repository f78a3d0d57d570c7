/**
 * An account in which many teams work: how long it takes until somebody is asked something, beside reading all of it;
 * with calls that take as long as AWS's, and its rates.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { through, withLocalAws } from './local-aws.js';
import { OURS, ROOT, run, sideBySide, started, temporaryFolder } from './measuring.js';
import { atMost, megabytes, seconds, times } from './report.js';
import { NODE } from './start.js';
import { longestChain, openWire } from './wire.js';

const CALL_MS = 50;
/** Times bare Node, beside the time of the pages. */
const OWN_GOAL = 2.5;
const MEMORY_GOAL = 150_000_000;
const SERVICE = ['--ecs-cluster', 'cluster-8', '--service', 'service-7', '--cache-name', 'service-7-redis'];

/** What is seen of a question with its choices, and the key that takes the first one. */
const QUESTIONS = [
  { name: 'first question', shows: /❯ cluster-/ },
  { name: 'choice of a hundred services', shows: /❯ service-/ },
];

export function crowdFigures() {
  return withLocalAws(
    async (account) => {
      const limited = async (use) => {
        const wire = await openWire(account.endpointUrl, { delayMs: CALL_MS, ratesHold: true });
        try {
          return await use(wire, through(wire, account));
        } finally {
          wire.close();
        }
      };
      const all = await limited(async (wire, env) => {
        const { ms } = await run([process.execPath, join(ROOT, 'test', 'bench', 'describe-all.js')], { env });
        return { ms, calls: wire.calls.length, throttled: wire.throttled };
      });
      const against = `describing everything: ${seconds(all.ms)}, ${all.calls} calls, ${all.throttled} throttled`;
      const questions = await limited((wire, env) => questionRows(wire, env, { all, against }));
      return [...questions, await limited(planRow)];
    },
    [...OURS, 'sandbox', '--scenario', 'crowded'],
  );
}

async function questionRows(wire, env, { all, against }) {
  const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
  if (!hasTerminal) {
    const what = 'crowded account: the first question';
    return [
      { what, figure: 'not measured: no `script` of util-linux here, which lends a terminal', against },
    ];
  }
  const memory = memoryFile();
  const asked = await askedOnTerminal(wire, { ...env, ...memory.env });
  const { node } = await sideBySide({ node: async () => (await run(NODE)).ms }, { rounds: 5 });
  const rows = asked.map(({ name, ms, pages, pagesMs }) => ({
    what: `crowded account, ${CALL_MS} ms a call: the ${name}`,
    figure: `${seconds(ms)}; ${pages} calls one after another`,
    against,
    ratio: times(ms / all.ms),
    ...atMost(pagesMs + OWN_GOAL * node.median, ms, seconds),
  }));
  const calls = asked.reduce((sum, question) => sum + question.calls, 0);
  return [...rows, costRow('the wizard up to there', memory.read(), calls, wire)];
}

/** The wizard on a terminal, answered as soon as it asks, and left at the last of the questions. */
async function askedOnTerminal(wire, env) {
  const wizard = OURS.map((word) => `'${word}'`).join(' ');
  const child = started(['script', '-qec', `${wizard} setup`, '/dev/null'], {
    env: { ...process.env, ...env, TERM: 'xterm-256color' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const asked = [];
  let screen = '';
  let since = performance.now();
  child.stdout.setEncoding('utf8');
  for await (const text of child.stdout) {
    screen += text;
    const question = QUESTIONS[asked.length];
    if (!question?.shows.test(screen)) continue;
    const ms = performance.now() - since;
    const calls = wire.calls.splice(0);
    const chain = longestChain(calls);
    const pagesMs = chain.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
    asked.push({ name: question.name, ms, calls: calls.length, pages: chain.length, pagesMs });
    screen = '';
    since = performance.now();
    child.stdin.write(asked.length < QUESTIONS.length ? '\r' : '\x03');
  }
  await closed;
  return asked;
}

async function planRow(wire, env) {
  const memory = memoryFile();
  const plan = ['plan', ...SERVICE, '--no-verify', '--json'];
  await run([...OURS, ...plan], { env: { ...env, ...memory.env } });
  return costRow('`plan`', memory.read(), wire.calls.length, wire);
}

function costRow(name, memory, calls, { throttled }) {
  return {
    what: `crowded account: memory of ${name}, and what AWS would have throttled`,
    figure: `${megabytes(memory)}; ${throttled} of ${calls} calls`,
    goal: `≤ ${megabytes(MEMORY_GOAL)}; none`,
    missed: memory > MEMORY_GOAL || throttled > 0,
  };
}

/** To which a program writes at its end how much memory it had. */
function memoryFile() {
  const file = join(temporaryFolder(), 'memory');
  const env = { BENCH_MEMORY_FILE: file, NODE_OPTIONS: `--require ${join(ROOT, 'test/bench/memory.cjs')}` };
  return { env, read: () => Number(readFileSync(file, 'utf8')) };
}
