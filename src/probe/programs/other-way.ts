/** Whether the cache speaks TLS where plaintext was asked for, or the reverse. */
import type { Target } from './probe-target.ts';
import { Connection, connectTcp, connectTls } from './redis-connection.ts';

/** A PING in the way that was not asked for: any reply of Redis, an error too, says that it answers so. */
export async function otherWayAnswers(target: Target, address: string): Promise<boolean> {
  try {
    const plain = await connectTcp(address, target.port);
    const connection = new Connection(target.secure ? plain : await connectTls(plain, target.name, false));
    try {
      await connection.ask('PING');
      return true;
    } finally {
      connection.close();
    }
  } catch {
    return false;
  }
}
