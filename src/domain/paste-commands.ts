/** The same check by hand: what to type where no command of ours arrives. Passwords are in no argument. */
import { awsCommand } from './mending.ts';
import type { Endpoint } from './outputs.ts';
import type { ProbeTarget } from './probe-target.ts';
import { commandText } from './shell-word.ts';

/** Where a tunnel listens that nobody has opened yet. */
export const TUNNEL_END = '127.0.0.1:16379';

/** On an instance of the app's, with TLS and without. An address that is a secret is read there too, and shown nowhere. */
export function pasteCommands(targets: readonly ProbeTarget[]): string[] {
  return targets.flatMap((target) => {
    const { url, password } = target;
    if ('valueFrom' in url) return bothWays(`redis-cli -u ${readBy(url.valueFrom)}`, true, ON_INSTANCE);
    const address = addressOf(target);
    if (!address) return [];
    const login =
      password && 'valueFrom' in password.variable
        ? `REDISCLI_AUTH=${readBy(password.variable.valueFrom)} `
        : '';
    return bothWays(`${login}${redisCli(address)}`, address.tls, ON_INSTANCE);
  });
}

const ON_INSTANCE = 'on an instance';

/** In a task of the service, where ECS Exec is on; or on an instance that the cache lets in. */
export function serviceCommands(
  {
    ecsCluster,
    service,
    container,
  }: { readonly ecsCluster: string; readonly service: string; readonly container: string },
  { url, password, ...target }: ProbeTarget,
  endpoint: Endpoint | undefined,
  where: readonly string[],
): string[] {
  const address = addressOf({ url, ...target }, endpoint);
  if (!address) return [];
  const list = ['ecs', 'list-tasks', '--cluster', ecsCluster, '--service-name', service];
  const task = commandText(awsCommand(where, ...list, '--query', 'taskArns[0]', '--output', 'text'));
  const enter = ['ecs', 'execute-command', '--cluster', ecsCluster, '--container', container];
  const exec = commandText(awsCommand(where, ...enter, '--interactive', '--command', 'sh'));
  const login = password ? `REDISCLI_AUTH="$${password.name}" ` : '';
  const asks = !password && mayHoldPassword(url) ? ' --askpass' : '';
  return [
    `${exec} --task "$(${task})"   (where ECS Exec is on)`,
    ...bothWays(
      `${login}${redisCli(address)}${asks}`,
      address.tls,
      'in a task, or on an instance that is let in',
    ),
  ];
}

/** From a machine outside the VPC: each opens a way that ends at `end`. */
export function tunnelCommands(
  { address, port }: Pick<Endpoint, 'address' | 'port'>,
  instanceId: string | undefined,
  where: readonly string[],
  end: string,
): { readonly ssh: string; readonly ssm: string } {
  const localPort = end.slice(end.lastIndexOf(':') + 1);
  const document = 'AWS-StartPortForwardingSessionToRemoteHost';
  const session = ['ssm', 'start-session', '--document-name', document];
  const parameters = `host=${address},portNumber=${port},localPortNumber=${localPort}`;
  const words = ['--target', instanceId ?? 'INSTANCE_ID', '--parameters', parameters];
  return {
    ssh: `ssh -N -L ${localPort}:${address}:${port} user@bastion`,
    ssm: commandText(awsCommand(where, ...session, ...words)),
  };
}

/** The cache's own address; that which the target names, where it can be seen. */
export function addressOf({ url }: Pick<ProbeTarget, 'url'>, endpoint?: Endpoint): Endpoint | undefined {
  if ('valueFrom' in url) return endpoint;
  const text = url.value.includes('://') ? url.value : `redis://${url.value}`;
  if (!URL.canParse(text)) return endpoint;
  const { protocol, hostname, port } = new URL(text);
  return { address: hostname, port: Number(port || 6379), tls: protocol === 'rediss:' };
}

function mayHoldPassword(url: ProbeTarget['url']): boolean {
  return 'valueFrom' in url || url.value.includes('@');
}

function redisCli({ address, port }: Endpoint): string {
  return `redis-cli -h ${address} -p ${port}`;
}

function bothWays(ask: string, tls: boolean, where: string): string[] {
  return [
    `${ask}${tls ? ' --tls' : ''} ping   (${where}: PONG)`,
    `${ask}${tls ? '' : ' --tls'} ping   (the other way: no PONG where the cache speaks one alone)`,
  ];
}

function readBy(parameter: string): string {
  return `"$(aws ssm get-parameter --name ${parameter} --with-decryption --query Parameter.Value --output text)"`;
}
