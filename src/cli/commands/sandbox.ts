/** `sandbox`: a local AWS that runs until it is stopped. */
import { systemClock } from '../../clock.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { wrap } from '../../output/line-width.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import type { Command, Session } from '../session.ts';

const FOR_CONNECT =
  'For connect, a stand-in for session-manager-plugin, and the authority of the caches’ certificates:';

export const sandbox: Command = async (session) => {
  const { inputs, output, signal, programsFolder } = session;
  const { startSandbox } = await import('../../sandbox/sandbox.ts');
  const running = await startSandbox({
    scenario: await scenarioOf(session),
    programsFolder,
    clock: systemClock(inputs.speed.value),
    port: inputs.listenPort.value,
    ...(inputs.region ? { region: inputs.region.value } : {}),
  });
  try {
    const { endpointUrl, region, env, appUrl, scenario, redis, controlToken } = running;
    const { programsOnPath, authorityFile } = running;
    const ready = {
      endpointUrl,
      region,
      env,
      appUrl,
      scenario,
      redis,
      controlToken,
      programsOnPath,
      authorityFile,
    };
    output.print({ type: 'sandbox.ready', ...ready });
    output.say(redisNote(redis));
    output.say([
      'A local AWS is ready. In another terminal:',
      ...Object.entries(env).map(([name, value]) => `  export ${name}=${value}`),
      ...wrap(FOR_CONNECT, output.columns()),
      `  export PATH=${shellWord(programsOnPath)}:"$PATH"`,
      `  export SSL_CERT_FILE=${shellWord(authorityFile)} NODE_EXTRA_CA_CERTS=${shellWord(authorityFile)}`,
      ...(appUrl === undefined ? [] : [`Its app answers at ${appUrl}`]),
      'Ctrl-C stops it.',
    ]);
    await stopped(signal);
  } finally {
    await running.close();
  }
  // It runs to be stopped: that is its good end.
  return 0;
};

/** Loaded by the name that was asked for: nobody waits for the others. */
async function scenarioOf({ inputs, programsFolder }: Session): Promise<Scenario> {
  switch (inputs.scenario.value) {
    case 'collabcanvas':
      return (await import('../../sandbox/scenarios/collabcanvas.ts')).collabcanvas({ programsFolder });
    case 'funmagic':
      return (await import('../../sandbox/scenarios/funmagic.ts')).funmagic({ programsFolder });
    case 'kempian':
      return (await import('../../sandbox/scenarios/kempian.ts')).kempian({ programsFolder });
    case 'close-up':
      return (await import('../../sandbox/scenarios/close-up.ts')).closeUp({ programsFolder });
    case 'crowded':
      return (await import('../../sandbox/scenarios/crowded.ts')).crowded;
    case 'bare':
      return (await import('../../sandbox/scenarios/bare.ts')).bare;
  }
}

/** The embedded server stands in where none is installed; nobody is to take it for the real one. */
export function redisNote(redis: string): string[] {
  if (redis !== 'embedded') return [];
  return ['No redis-server is installed here: a small server of the sandbox stands in for it.'];
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
