/** The sandbox's own way into a server, past what its clients may do. */
import { Redis } from 'ioredis';
import type { LoopbackEndpoint } from '../network/fabric.ts';

export const ADMIN = 'sandbox';

export type Command = readonly [name: string, ...args: string[]];

export interface Admin {
  /** Connects anew each time, so that a client's CLIENT LIST shows clients only. */
  run<Result>(work: (connection: Redis) => Promise<Result>): Promise<Result>;
  send(commands: readonly Command[]): Promise<void>;
  /** From now on one connection stays open, and is used. */
  hold(): Promise<void>;
  release(): void;
}

export function createAdmin(endpoint: LoopbackEndpoint, secret: string): Admin {
  let held: Redis | undefined;

  const connect = async (): Promise<Redis> => {
    const connection = new Redis({
      ...endpoint,
      username: ADMIN,
      password: secret,
      lazyConnect: true,
      retryStrategy: () => null,
    });
    await connection.connect();
    return connection;
  };

  const admin: Admin = {
    async run(work) {
      if (held) return work(held);
      const connection = await connect();
      try {
        return await work(connection);
      } finally {
        connection.disconnect();
      }
    },
    send: (commands) =>
      admin.run(async (connection) => {
        for (const [name, ...args] of commands) await connection.call(name, ...args);
      }),
    async hold() {
      held ??= await connect();
    },
    release() {
      held?.disconnect();
      held = undefined;
    },
  };
  return admin;
}
