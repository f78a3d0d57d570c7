/** UDP reaches the containers of the same task and nothing else: a datagram to elsewhere is lost, as UDP may be. */
import { constants } from 'node:os';
import { binding, type Datagram, type SendParameters, type UdpHandle } from './bindings.ts';
import { type CurrentRules, isOwnAddress } from './rules.ts';

export function guardDatagrams(rules: CurrentRules): void {
  const { prototype } = binding('udp_wrap').UDP;
  const node = { bind: prototype.bind, connect: prototype.connect, send: prototype.send };

  function bind(this: UdpHandle, address: string, port: number): number {
    if (!isOwnAddress(rules(), address)) return -constants.errno.EADDRNOTAVAIL;
    return node.bind.call(this, rules().loopbackAddress, port, 0);
  }

  function connect(this: UdpHandle, address: string, port: number): number {
    if (!isOwnAddress(rules(), address)) return -constants.errno.ENETUNREACH;
    return node.connect.call(this, rules().loopbackAddress, port);
  }

  function send(this: UdpHandle, ...parameters: SendParameters): number {
    if (parameters.length === 4) return node.send.call(this, ...parameters);
    const [request, datagram, length, port, address, hasCallback] = parameters;
    // Above zero means "sent at once": the number of bytes and one.
    if (!isOwnAddress(rules(), address)) return byteLength(datagram) + 1;
    return node.send.call(this, request, datagram, length, port, rules().loopbackAddress, hasCallback);
  }

  Object.assign(prototype, { bind, bind6: bind, connect, connect6: connect, send, send6: send });
}

function byteLength(datagram: Datagram): number {
  return datagram.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}
