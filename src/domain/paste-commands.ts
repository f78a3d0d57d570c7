/** What to type on an instance where no command of ours arrives: with TLS, and without. */
import type { ProbeTarget } from './probe-target.ts';

/** An address that is a secret is read on the instance too, and shown nowhere. */
export function pasteCommands(targets: readonly ProbeTarget[]): string[] {
  return targets.flatMap(({ url, password }) => {
    if ('valueFrom' in url) return bothWays(`redis-cli -u ${readBy(url.valueFrom)}`, true);
    const text = url.value.includes('://') ? url.value : `redis://${url.value}`;
    if (!URL.canParse(text)) return [];
    const { protocol, hostname, port } = new URL(text);
    const login =
      password && 'valueFrom' in password.variable
        ? `REDISCLI_AUTH=${readBy(password.variable.valueFrom)} `
        : '';
    return bothWays(`${login}redis-cli -h ${hostname} -p ${port || 6379}`, protocol === 'rediss:');
  });
}

function bothWays(ask: string, tls: boolean): string[] {
  return [
    `${ask}${tls ? ' --tls' : ''} ping   (on an instance: PONG)`,
    `${ask}${tls ? '' : ' --tls'} ping   (the other way: no PONG where the cache speaks one alone)`,
  ];
}

function readBy(parameter: string): string {
  return `"$(aws ssm get-parameter --name ${parameter} --with-decryption --query Parameter.Value --output text)"`;
}
