/** Child processes and workers stay inside, with whatever environment their parent starts them. */
import workerThreads from 'node:worker_threads';
import { CONNECT_TIMEOUT_VARIABLE, SEAT_VARIABLE } from '../seat-rules.ts';
import { binding, type SpawnOptions } from './bindings.ts';

export function keepDescendants(nodeOptions: string): void {
  const seat: Record<string, string> = {};
  for (const name of [SEAT_VARIABLE, CONNECT_TIMEOUT_VARIABLE]) {
    const value = process.env[name];
    if (value !== undefined) seat[name] = value;
  }
  const inside = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
    const given = environment.NODE_OPTIONS ?? '';
    return {
      ...environment,
      ...seat,
      NODE_OPTIONS: given.includes(nodeOptions) ? given : `${given} ${nodeOptions}`.trim(),
    };
  };
  keepProcesses(inside);
  keepWorkers(inside);
}

type Inside = (environment: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;

function keepProcesses(inside: Inside): void {
  const insidePairs = (options: SpawnOptions): SpawnOptions => {
    const pairs = (options.envPairs ?? []).map((pair): [string, string] => {
      const end = pair.indexOf('=', 1);
      return [pair.slice(0, end), pair.slice(end + 1)];
    });
    const environment = options.envPairs ? Object.fromEntries(pairs) : process.env;
    return {
      ...options,
      envPairs: Object.entries(inside(environment)).map(([name, value]) => `${name}=${value ?? ''}`),
    };
  };
  const { prototype } = binding('process_wrap').Process;
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    return spawn.call(this, insidePairs(options));
  };
  const synchronous = binding('spawn_sync');
  const { spawn: spawnSync } = synchronous;
  synchronous.spawn = (options) => spawnSync(insidePairs(options));
}

function keepWorkers(inside: Inside): void {
  const { Worker, SHARE_ENV } = workerThreads;
  class WorkerInside extends Worker {
    constructor(file: string | URL, options: workerThreads.WorkerOptions = {}) {
      const { env } = options;
      super(file, env && env !== SHARE_ENV ? { ...options, env: inside(env as NodeJS.ProcessEnv) } : options);
    }
  }
  Object.defineProperty(WorkerInside, 'name', { value: 'Worker' });
  Object.assign(workerThreads, { Worker: WorkerInside });
}
