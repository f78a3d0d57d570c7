/**
 * A wire before the local AWS, on the loopback: it knows when each call began and ended, can make each take as long as
 * AWS's, holds AWS's published rates, and answers by itself what it has once seen answered.
 */
import { Agent, createServer, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** `settle`: called before anything is asked after a write, so that each look finds what was begun at its end. */
export async function openWire(
  endpointUrl,
  { delayMs = 0, ratesHold = false, recording = false, settle } = {},
) {
  const agent = new Agent({ keepAlive: true });
  const rates = new Map();
  const answers = new Map();
  const wire = {
    calls: [],
    replaying: false,
    unknown: 0,
    throttled: 0,
    url: '',
    env: {},
    close: () => undefined,
  };

  let settled = Promise.resolve();

  const answer = async (incoming, call) => {
    await settled;
    if (wire.replaying) {
      const known = answers.get(keyOf(call)) ?? answers.get(`${call.service}:${call.action}`);
      if (!known) wire.unknown += 1;
      return known ?? refusal(call, 'InternalFailure');
    }
    await sleep(delayMs);
    if (ratesHold && !withinRate(rates, call)) {
      wire.throttled += 1;
      return refusal(call, call.service === 'ec2' ? 'RequestLimitExceeded' : 'ThrottlingException');
    }
    const given = await forward(agent, endpointUrl, incoming, call.body);
    if (settle && !READS.test(call.action)) settled = settled.then(settle);
    // The last one: a world in which nothing changes any more says the same again.
    if (recording) answers.set(keyOf(call), given).set(`${call.service}:${call.action}`, given);
    return given;
  };

  const server = createServer(async (incoming, response) => {
    const startedAt = performance.now();
    const call = callOf(incoming, await buffer(incoming));
    const { status, headers, body } = await answer(incoming, call);
    wire.calls.push({ ...call, startedAt, endedAt: performance.now() });
    response.writeHead(status, headers).end(body);
  });
  server.keepAliveTimeout = 65_000;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  wire.url = `http://127.0.0.1:${server.address().port}`;
  wire.close = () => {
    server.close();
    server.closeAllConnections();
    agent.destroy();
  };
  return wire;
}

function callOf({ headers, url }, body) {
  const [, service = ''] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const [, queried] = /(?:^|&)Action=(\w+)/.exec(body.toString('latin1')) ?? [];
  const action = headers['x-amz-target']?.split('.').at(-1) ?? queried ?? url.split('/').at(-1);
  return { service, action, body };
}

const keyOf = ({ service, action, body }) => `${service}:${action}:${body.toString('latin1')}`;

function forward(agent, endpointUrl, { method, url, headers }, body) {
  return new Promise((resolve, reject) => {
    const outgoing = send(new URL(url, endpointUrl), { agent, method, headers }, async (incoming) => {
      const { statusCode: status, headers } = incoming;
      resolve({ status, headers, body: await buffer(incoming) });
    });
    outgoing.once('error', reject).end(body);
  });
}

/**
 * A bucket of 50 an action that fills by 10 a second: the strictest that is published for reads (EC2 developer guide,
 * "Request throttling", unfiltered reads; the ECS API reference grants 20 a second; ElastiCache publishes none).
 */
function withinRate(rates, { service, action }) {
  const now = performance.now();
  const name = `${service}:${action}`;
  const { tokens, at } = rates.get(name) ?? { tokens: 50, at: now };
  const filled = Math.min(50, tokens + ((now - at) / 1000) * 10);
  rates.set(name, { tokens: filled < 1 ? filled : filled - 1, at: now });
  return filled >= 1;
}

const READS = /^(Describe|Get|List|Filter|Simulate)/;

const QUERY = new Set(['elasticache', 'elasticloadbalancing', 'iam', 'sts', 'autoscaling', 'sns']);

function refusal({ service }, code) {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error>`;
  if (service === 'ec2') {
    return refused('text/xml', `<Response><Errors>${error}</Errors><RequestID>0</RequestID></Response>`);
  }
  if (QUERY.has(service)) return refused('text/xml', `<ErrorResponse>${error}</ErrorResponse>`);
  return refused('application/x-amz-json-1.1', JSON.stringify({ __type: code, message: code }));
}

const refused = (type, body) => ({ status: 400, headers: { 'content-type': type }, body });

/**
 * The longest chain of calls of which each began when the one before had ended. With calls that all take as long, that
 * is the round trips that somebody waits for.
 */
export function longestChain(calls) {
  const chain = [];
  for (const call of calls.toSorted((a, b) => a.endedAt - b.endedAt)) {
    if (call.startedAt >= (chain.at(-1)?.endedAt ?? 0)) chain.push(call);
  }
  return chain;
}

/** Without what was asked before in the same words: the polls of a wait. */
export function askedOnce(calls) {
  const seen = new Set();
  return calls.filter((call) => !seen.has(keyOf(call)) && seen.add(keyOf(call)));
}
