/** The canvas app and its sidecar without processes: what the matrices need of them, hundreds of times over. */
import { randomUUID } from 'node:crypto';
import type { InertProgram } from '../../src/sandbox/ecs/inert-container.ts';

const SHARED_COUNT = 105;

/** The probe's report where all is well: whether the cache really answers is not what the matrices ask. */
const REPORT = {
  type: 'elasticache-wizard-probe',
  variable: 'REDIS_URL',
  runtime: 'node',
  stages: ['parse', 'dns', 'tcp', 'tls', 'ping', 'keys', 'info'].map((stage) => ({
    stage,
    ok: true,
    detail: 'inert',
    ms: 1,
  })),
};

const backend: InertProgram = ({ environment, onLine }) => {
  if (environment.ELASTICACHE_WIZARD_REHEARSE !== undefined) return 0;
  if (environment.ELASTICACHE_WIZARD_VARIABLE !== undefined) {
    onLine(JSON.stringify(REPORT));
    return 0;
  }
  const task = randomUUID();
  const shared = environment.REDIS_URL !== undefined;
  onLine(shared ? 'Redis connected successfully' : 'Redis is not configured: objects stay in memory');
  const count = shared ? SHARED_COUNT : Number(environment.CANVAS_OBJECTS_IN_MEMORY);
  return (_request, response) => {
    response.setHeader('x-task-id', task);
    response.end(JSON.stringify({ status: 'ok', count }));
  };
};

const logRouter: InertProgram = () => () => undefined;

export const INERT_CANVAS = { backend, logRouter };
