import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { sightOf, type Candidate } from '../../src/checks/refresh/refresh-sight.ts';
import { valueReader } from '../../src/checks/refresh/refresh-value.ts';
import { candidatesIn } from '../../src/checks/refresh/sight-candidates.ts';

const expressions = (candidates: readonly Candidate[]): string[] =>
  candidates.map(({ expression }) => expression);

describe('what of an answer is worth comparing', () => {
  test('is counts first, then lists, other numbers, and words', () => {
    const answer = {
      ok: true,
      mode: 'memory',
      level: 3,
      objects: [{ id: 'a' }, { id: 'b' }],
      project: { name: 'demo', objectCount: 36 },
      count: 36,
    };
    expect(candidatesIn(answer, { ...answer, count: 57 })).toEqual([
      { expression: '$.count', shown: '36', differs: true },
      { expression: '$.project.objectCount', shown: '36', differs: false },
      { expression: '$.objects.length', shown: '2', differs: false },
      { expression: '$.level', shown: '3', differs: false },
      { expression: '$.mode', shown: 'memory', differs: false },
      { expression: '$.project.name', shown: 'demo', differs: false },
      { expression: '$.ok', shown: 'true', differs: false },
    ]);
  });

  test('is read again by the expression that is offered', () => {
    const answer = { 'open-jobs': { total: 4 }, deep: { er: { list: [1, 2, 3] } }, name: 'demo' };
    for (const { expression, shown } of candidatesIn(answer, answer)) {
      expect([expression, valueReader(expression)(JSON.stringify(answer))]).toEqual([expression, shown]);
    }
    expect(candidatesIn([1, 2], [1, 2])).toEqual([{ expression: '$.length', shown: '2', differs: false }]);
    expect(valueReader('$.length')('[1,2]')).toBe('2');
  });

  test('is nothing that looks like a secret, or that belongs to somebody', () => {
    const answer = {
      accessToken: 'short',
      password: 'hunter2',
      otp: 123456,
      user: { email: 'ada@example.com', contact: 'ada@example.com' },
      session: { key: 'abc', count: 3 },
      redis: 'redis://:pw@host:6379',
      jwt: 'eyJhbGciOi',
      blob: 'AKIAIOSFODNN7EXAMPLEKEYS',
      tokens: ['a', 'b'],
      authors: 'Ada and Bob',
      note: 'line\nbreak',
      "it's": 1,
    };
    expect(expressions(candidatesIn(answer, answer))).toEqual([
      '$.session.count',
      '$.tokens.length',
      '$.authors',
    ]);
  });

  test('is nothing that each request or each task has of its own', () => {
    const answer = {
      timestamp: 1_790_000_000,
      servedAt: '2026-11-21T13:00:00Z',
      requestId: '5ed90669-e454-464d-9b2f-6523bc86f537',
      some: '5ed90669-e454-464d-9b2f-6523bc86f537',
      taskId: 'x',
      hostname: 'ip-10-0-1-5',
      address: '10.0.1.5',
      uptime: 12.5,
      responseTimeMs: 4,
      pid: 7,
      seen: 1_790_000_000_123,
      itemsAtOnce: 2,
    };
    expect(expressions(candidatesIn(answer, answer))).toEqual(['$.itemsAtOnce']);
  });

  test('is no more than a dozen, and not what lies deeper than four keys', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`n${n}`, n]));
    expect(candidatesIn(many, many)).toHaveLength(12);
    const deep = { a: { b: { c: { d: 1, e: { f: 2 } } } } };
    expect(expressions(candidatesIn(deep, deep))).toEqual(['$.a.b.c.d']);
  });
});

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function sight(listener: RequestListener, signal = new AbortController().signal) {
  server = createServer(listener);
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/api/count?project=demo`);
  return { seen: await sightOf(url, { authorization: 'Bearer x' }, signal), port };
}

describe('a path of the app', () => {
  test('is asked twice by GET, with the user’s headers and its own query', async () => {
    const asked: string[] = [];
    const { seen } = await sight(({ method, url = '', headers }, answer) => {
      asked.push(`${method} ${url.replace(/=[0-9a-f]{8}/, '=…')} ${headers.authorization}`);
      answer.end(JSON.stringify({ count: asked.length === 1 ? 36 : 57 }));
    });
    const line = 'GET /api/count?project=demo&elasticache-wizard=… Bearer x';
    expect(asked).toEqual([line, line]);
    const candidates = [{ expression: '$.count', shown: '36', differs: true }];
    expect(seen).toEqual({ seen: true, format: 'json', candidates });
  });

  test.each([
    ['a page', '<!doctype html><title>Canvas</title>', { format: 'html', candidates: [] }],
    [
      'a number',
      'count: 36\n',
      { format: 'text', candidates: [{ expression: 'body', shown: 'count: 36', differs: false }] },
    ],
    ['a word that may be a key', 'c2VjcmV0IHRva2Vu', { format: 'text', candidates: [] }],
  ])('may be %s', async (_, body, expected) => {
    const { seen } = await sight((_request, answer) => answer.end(body));
    expect(seen).toEqual({ seen: true, ...expected });
  });

  test.each([
    [404, {}, 'GET /api/count answers 404: there is no such path.'],
    [401, {}, expect.stringContaining('--header Authorization=env:NAME') as string],
    [302, { location: '/login?session=x' }, 'GET /api/count answers 302, a redirect to /login.'],
    [503, {}, expect.stringContaining('answers 503: the app itself fails there') as string],
  ])('that answers %i is told in a sentence', async (status, headers, reason) => {
    const { seen } = await sight((_request, answer) => answer.writeHead(status, headers).end());
    expect(seen).toEqual({ seen: false, status, reason });
  });

  test('that nobody answers at is told in a sentence', async () => {
    const { seen, port } = await sight(({ socket }) => socket.destroy());
    expect(seen).toEqual({
      seen: false,
      reason: `127.0.0.1:${port} cannot be reached from here (ECONNRESET).`,
    });
  });

  test('is left at once when the user leaves', async () => {
    const leaving = new AbortController();
    await expect(sight(() => leaving.abort(), leaving.signal)).rejects.toThrow(/abort/i);
  });
});
