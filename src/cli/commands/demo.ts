/** `demo`: a canvas app whose refreshes disagree, a setup, and the same refreshes again. All of it on this machine. */
import { systemClock } from '../../clock.ts';
import { WizardError } from '../../errors.ts';
import { resolveInputs, type Inputs } from '../../inputs/resolve.ts';
import { wrap } from '../../output/line-width.ts';
import { isProven } from '../../output/result.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { showRefreshes } from '../refreshes.ts';
import { redisNote } from './sandbox.ts';
import type { Command, Session } from '../session.ts';
import { setup } from './setup.ts';

/** AWS takes a quarter of an hour for what is shown here. */
const SPEED = 120;

const APP = {
  ecsCluster: 'collabcanvas',
  service: 'collabcanvas-backend',
  cacheName: 'collabcanvas-redis',
  cacheNodeType: 'cache.t3.micro',
  replicas: '0',
  refreshPath: '/api/projects/demo/objects/count',
  refreshValue: '$.count',
  taskHeader: 'x-task-id',
  workload: 'cache',
  preset: 'development',
  envProfile: 'url',
  stickiness: true,
};

const STARTING =
  'Starting a local AWS with a canvas app: three tasks behind a load balancer, no shared cache.';

export const demo: Command = async (session) => {
  const { output, programsFolder, signal } = session;
  const clock = systemClock(SPEED);
  const { startSandbox } = await import('../../sandbox/sandbox.ts');
  const { collabcanvas } = await import('../../sandbox/scenarios/collabcanvas.ts');
  output.say(wrap(STARTING, output.columns()));
  const sandbox = await startSandbox({ scenario: collabcanvas({ programsFolder }), programsFolder, clock });
  try {
    output.say(redisNote(sandbox.redis));
    await showRefreshes(new URL(APP.refreshPath, sandbox.appUrl), session);
    await setup({ ...session, clock, inputs: demoInputs(session), connect: connectTo(sandbox, session) });
  } finally {
    await sandbox.close();
  }
  signal.throwIfAborted();
  requireProof(session);
  session.record.next = [
    'elasticache-wizard sandbox   (the same local AWS, to try commands against it)',
    'elasticache-wizard plan   (what it would do on your own account, with nothing applied)',
    'elasticache-wizard   (the wizard, on your own account)',
  ];
  return 0;
};

/** Every question is answered, so that only the approval is left to ask, and that only where somebody can answer. */
function demoInputs({ inputs, asker }: Session): Inputs {
  const yes = inputs.yes.value || !asker.interactive;
  const { json, verbose, debug, color, input } = inputs;
  return {
    ...resolveInputs('setup', { flags: { ...APP, yes }, environment: {} }),
    json,
    verbose,
    debug,
    color,
    input,
  };
}

function connectTo({ env, region, endpointUrl }: Sandbox, { connect }: Session): Session['connect'] {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env;
  return ({ clock }) =>
    connect({ region, endpointUrl, clock, credentials: { accessKeyId, secretAccessKey } });
}

function requireProof({ record }: Session): void {
  const { checks } = record.facts(0);
  if (isProven(checks)) return;
  throw new WizardError('CheckFailed', 'The demo ran to its end, and its result is not proven', {
    hint: 'The checks above say which question is open; elasticache-wizard demo --json has them in full.',
  });
}
