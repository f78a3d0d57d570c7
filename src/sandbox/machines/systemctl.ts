/** `systemctl` on an instance: start, stop, restart, is-active and status of its image's units. Exit codes as systemd's. */
import type { CommandOutput } from './command-server.ts';
import type { RunningService } from './system-service.ts';

const NOT_FOUND = 5;
const NOT_ACTIVE = 3;

export async function systemctl(
  args: readonly string[],
  services: readonly RunningService[],
): Promise<CommandOutput> {
  const [verb = '', ...names] = args.filter((arg) => !arg.startsWith('-'));
  // Unit files are not read from the disk, so there is nothing to load again.
  if (verb === 'daemon-reload') return { exitCode: 0 };
  const run = VERBS[verb];
  if (!run) return { exitCode: 1, stderr: `Unknown command verb '${verb}'.\n` };
  const outputs: CommandOutput[] = [];
  for (const name of names) {
    const unit = name.replace(/\.service$/, '');
    const service = services.find((one) => one.name === unit);
    outputs.push(service ? await run(service) : notFound(verb, unit));
  }
  return {
    exitCode: outputs.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
    stdout: outputs.map(({ stdout = '' }) => stdout).join(''),
    stderr: outputs.map(({ stderr = '' }) => stderr).join(''),
  };
}

type Verb = (service: RunningService) => Promise<CommandOutput>;

const start: Verb = async (service) => {
  await service.start();
  if (service.state() === 'active') return { exitCode: 0 };
  return {
    exitCode: 1,
    stderr: `Job for ${service.name}.service failed because the control process exited with error code.\n`,
  };
};

const stop: Verb = async (service) => {
  await service.stop();
  return { exitCode: 0 };
};

const isActive: Verb = (service) => {
  const state = service.state();
  return Promise.resolve({ exitCode: state === 'active' ? 0 : NOT_ACTIVE, stdout: `${state}\n` });
};

const VERBS: Readonly<Record<string, Verb>> = {
  start,
  stop,
  restart: async (service) => {
    await stop(service);
    return start(service);
  },
  'is-active': isActive,
  status: async (service) => {
    const { exitCode, stdout = '' } = await isActive(service);
    return { exitCode, stdout: `${service.name}.service\n     Active: ${stdout}` };
  },
};

function notFound(verb: string, unit: string): CommandOutput {
  if (verb === 'is-active') return { exitCode: NOT_ACTIVE, stdout: 'inactive\n' };
  return {
    exitCode: NOT_FOUND,
    stderr: `Failed to ${verb} ${unit}.service: Unit ${unit}.service not found.\n`,
  };
}
