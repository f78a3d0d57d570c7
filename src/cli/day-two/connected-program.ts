/** What runs while the tunnel is open: the command behind `--`, else a shell; and what people are told of it. */
import type { LivingCache } from '../../aws/caches.ts';
import type { Endpoint } from '../../domain/outputs.ts';
import { commandText } from '../../domain/shell-word.ts';
import type { Use } from '../../tunnel/use.ts';
import { variablesOf, wordsInFront } from '../../tunnel/variables.ts';
import type { Session } from '../session.ts';

export interface Connected {
  readonly cache: LivingCache;
  readonly endpoint: Endpoint;
  /** As we keep it. */
  readonly password: string | undefined;
  readonly through: string;
  /** On this machine. */
  readonly port: number;
}

export function programFor(
  { cache, endpoint, password: kept, through, port }: Connected,
  { operands, env, inputs }: Pick<Session, 'operands' | 'env' | 'inputs'>,
): { readonly use: Use; readonly notice: readonly string[] } {
  // The password of a cache that others have made is the user's to know.
  const own =
    cache.auth === 'none' || kept !== undefined
      ? {}
      : { password: env.REDIS_PASSWORD, user: env.REDIS_USERNAME };
  const tunnelled = { password: kept, ...own, port, address: endpoint.address, tls: endpoint.tls };
  const variables = variablesOf(tunnelled);
  const isShell = operands.length === 0;
  const [name = '', ...words] = isShell ? [shellOf(env)] : operands;
  const inFront = wordsInFront(operands, tunnelled);
  return {
    use: {
      program: { name, args: [...inFront, ...words], env: { ...env, ...variables } },
      isShell,
      stdout: inputs.json.value ? 'stderr' : 'stdout',
    },
    notice: [
      `${cache.name} is at 127.0.0.1:${port}, through ${through}.`,
      ...(isShell
        ? [
            `In this shell are set: ${Object.keys(variables).join(', ')}. It ends the tunnel when it ends (exit).`,
          ]
        : []),
      ...(inFront.length > 0 ? [`${name} is started with: ${commandText(inFront)}`] : []),
      ...remarks(cache, { ...tunnelled, tls: tunnelled.tls && inFront.length === 0 }),
    ],
  };
}

function remarks(
  { auth, endpoint, name }: LivingCache,
  {
    tls,
    password,
    address,
  }: { readonly tls: boolean; readonly password: string | undefined; readonly address: string },
): string[] {
  return [
    ...(tls
      ? [
          `Its certificate is for ${address}, not for 127.0.0.1: clients that check the name take it from REDIS_TLS_SERVERNAME.`,
        ]
      : []),
    ...(auth !== 'none' && password === undefined
      ? [
          `${name} asks for a password that is not kept here: export REDIS_PASSWORD before, or log in by hand.`,
        ]
      : []),
    ...(endpoint?.kind === 'configuration'
      ? [
          'Only the node behind its configuration endpoint is reached: what is MOVED to others is not. A client that is no cluster client gets on best.',
        ]
      : []),
    ...(endpoint?.kind === 'serverless'
      ? ['A cluster client would go on to the endpoint itself, past the tunnel: use one that is none.']
      : []),
  ];
}

/** Of Windows, ComSpec. */
function shellOf(env: Session['env']): string {
  return env.SHELL ?? env.ComSpec ?? '/bin/sh';
}
