/** `connect`: the cache on a port of this machine, for a shell or a command that knows its address and password. */
import { WizardError } from '../../errors.ts';
import { runThrough } from '../../tunnel/use.ts';
import { findWay } from '../../tunnel/ways.ts';
import { programFor } from '../day-two/connected-program.ts';
import { readKnownPassword } from '../day-two/known-password.ts';
import { chooseCache, openLiving } from '../opening/living.ts';
import type { Command } from '../session.ts';
import { endpointOf, wayOptions } from '../day-two/way-to-cache.ts';

export const connect: Command = async (session) => {
  const { children, output, signal } = session;
  const living = await openLiving(session);
  const cache = await chooseCache(living, session);
  const endpoint = endpointOf(cache);
  const way = await findWay(await wayOptions(living, cache, endpoint, session));
  const password = await readKnownPassword(living, cache);
  const tunnel = await way.open(endpoint);
  try {
    const { use, notice } = programFor(
      { cache, endpoint, password, through: way.through, port: tunnel.port },
      session,
    );
    output.say(notice);
    // The program has the terminal now.
    output.renderer.suspend();
    return await runThrough(tunnel, use, children, signal);
  } catch (error) {
    throw error === signal.reason ? closed(error as WizardError) : error;
  } finally {
    output.renderer.resume();
    await tunnel.close();
  }
};

/** Of other commands something may go on in AWS. */
function closed({ code, message }: WizardError): WizardError {
  return new WizardError(code, `${message}: the tunnel is closed`);
}
