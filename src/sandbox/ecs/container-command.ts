/** What a container runs and with which environment, put together as Docker and the ECS agent do. */
import type { ContainerDefinition, ContainerOverride } from '@aws-sdk/client-ecs';
import type { Image } from '../images/image.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export type ContainerCommand = { program: string; args: string[] } | { failure: string };

export function containerCommand(
  container: ContainerDefinition,
  image: Image,
  override: ContainerOverride | undefined,
): ContainerCommand {
  return programIn(image, commandLine(container, image, override));
}

/** The program of the image that the first word names. */
export function programIn(image: Image, words: readonly string[]): ContainerCommand {
  const [name, ...args] = words;
  if (name === undefined) return { failure: 'CannotStartContainerError: no command specified' };
  const program = image.programs[name];
  if (program === undefined) return { failure: cannotStart(name) };
  const realArgs = args.map((arg) => image.files[arg] ?? arg);
  return /\.[cm]?js$/.test(program)
    ? { program: process.execPath, args: [program, ...realArgs] }
    : { program, args: realArgs };
}

/** An entry point in the definition resets the image's command; an override replaces the command only. */
function commandLine(
  container: ContainerDefinition,
  image: Image,
  override: ContainerOverride | undefined,
): readonly string[] {
  const command = nonEmpty(override?.command) ?? nonEmpty(container.command);
  const entryPoint = nonEmpty(container.entryPoint);
  return entryPoint
    ? [...entryPoint, ...(command ?? [])]
    : [...image.entryPoint, ...(command ?? image.command)];
}

function nonEmpty(words: readonly string[] | undefined): readonly string[] | undefined {
  return words?.length ? words : undefined;
}

function cannotStart(name: string): string {
  const reason = name.includes('/')
    ? `stat ${name}: no such file or directory`
    : 'executable file not found in $PATH';
  return `CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${name}": ${reason}: unknown`;
}

/** Later ones win: the image's, the definition's, its secrets, the override's. */
export function containerEnvironment(
  container: ContainerDefinition,
  image: Image,
  override: ContainerOverride | undefined,
  given: { secrets: Readonly<Record<string, string>>; region: string; hostname: string; onFargate: boolean },
): Record<string, string> {
  return {
    PATH,
    HOME: '/root',
    HOSTNAME: given.hostname,
    AWS_EXECUTION_ENV: given.onFargate ? 'AWS_ECS_FARGATE' : 'AWS_ECS_EC2',
    AWS_REGION: given.region,
    AWS_DEFAULT_REGION: given.region,
    ...image.environment,
    ...fromPairs(container.environment),
    ...given.secrets,
    ...fromPairs(override?.environment),
  };
}

/** The seat's variables are the sandbox's own; NODE_OPTIONS is shared with the container's. */
export function seated(
  environment: Readonly<Record<string, string>>,
  seat: Readonly<Record<string, string>>,
): Record<string, string> {
  const options = [environment['NODE_OPTIONS'], seat['NODE_OPTIONS']].filter(Boolean).join(' ');
  return { ...environment, ...seat, ...(options ? { NODE_OPTIONS: options } : {}) };
}

function fromPairs(
  pairs: readonly { name?: string | undefined; value?: string | undefined }[] | undefined,
): Record<string, string> {
  return Object.fromEntries((pairs ?? []).map(({ name = '', value = '' }) => [name, value]));
}
