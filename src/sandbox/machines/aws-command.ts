/**
 * The AWS CLI on an instance, as much of it as apps use at their start: one parameter or one secret, read with the
 * rights of the instance profile's role. Exit codes as in the AWS CLI User Guide, "Return codes".
 */
import { ServiceError } from '../service.ts';
import type { CommandOutput } from './command-server.ts';

/** A call with the rights of the instance's role. */
export type RoleCall = (service: string, action: string, input: object, resource: string) => Promise<unknown>;

interface Subcommand {
  readonly service: string;
  readonly action: string;
  readonly input: (options: Options) => object;
  /** The option that names what it reads. */
  readonly about: string;
}

type Options = Readonly<Record<string, string>>;

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  'ssm get-parameter': {
    service: 'ssm',
    action: 'GetParameter',
    input: (options) => ({ Name: options['name'], WithDecryption: options['with-decryption'] === 'true' }),
    about: 'name',
  },
  'secretsmanager get-secret-value': {
    service: 'secretsmanager',
    action: 'GetSecretValue',
    input: (options) => ({
      SecretId: options['secret-id'],
      ...(options['version-stage'] === undefined ? {} : { VersionStage: options['version-stage'] }),
    }),
    about: 'secret-id',
  },
};

const BAD_COMMAND = 252;
const NO_CREDENTIALS = 253;
const SERVICE_ERROR = 254;

/** `call` is undefined on an instance without an instance profile. */
export async function awsCommand(
  args: readonly string[],
  call: RoleCall | undefined,
): Promise<CommandOutput> {
  const options = optionsOf(args);
  const words = args.filter((_, index) => index < firstOption(args)).join(' ');
  const subcommand = SUBCOMMANDS[words];
  if (!subcommand) {
    const known = Object.keys(SUBCOMMANDS).join(', ');
    return failed(BAD_COMMAND, `aws: the sandbox has no '${words}' here, only: ${known}`);
  }
  const { service, action, input, about } = subcommand;
  const resource = options[about];
  if (!resource) return failed(BAD_COMMAND, `aws: the following arguments are required: --${about}`);
  if (!call) {
    return failed(
      NO_CREDENTIALS,
      'Unable to locate credentials. You can configure credentials by running "aws login".',
    );
  }
  try {
    const answer = await call(service, action, input(options), resource);
    return { exitCode: 0, stdout: `${shown(answer, options)}\n` };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const what = `An error occurred (${error.shape}) when calling the ${action} operation: ${error.message}`;
    return failed(SERVICE_ERROR, `\n${what}`);
  }
}

function failed(exitCode: number, message: string): CommandOutput {
  return { exitCode, stderr: `${message}\n` };
}

function firstOption(args: readonly string[]): number {
  const index = args.findIndex((arg) => arg.startsWith('--'));
  return index === -1 ? args.length : index;
}

/** '--name X --with-decryption': an option without a value is a switch. */
function optionsOf(args: readonly string[]): Options {
  const options: Record<string, string> = {};
  for (const [index, arg] of args.entries()) {
    if (!arg.startsWith('--')) continue;
    const [name = '', value] = arg.slice(2).split(/=(.*)/s);
    const next = args[index + 1];
    options[name] = value ?? (next === undefined || next.startsWith('--') ? 'true' : next);
  }
  return options;
}

function shown(answer: unknown, { query, output }: Options): string {
  const wanted = (query?.split('.') ?? []).reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | undefined)?.[name],
    answer,
  );
  if (output === 'text' && typeof wanted === 'string') return wanted;
  if (output === 'text' && wanted === undefined) return 'None';
  return JSON.stringify(wanted ?? null, undefined, 4);
}
