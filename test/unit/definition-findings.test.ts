/** A variable that leads to the cache already is changed silently only where the app goes on to find what it wrote. */
import { expect, test } from 'vitest';
import { isSamePlace } from '../../src/survey/definition-findings.ts';

const HOST = 'master.canvas.example';
const WANTED = `rediss://:secret@${HOST}:6379`;

test.each([`redis://${HOST}:6379`, `rediss://${HOST}:6379/0`, `rediss://:other@${HOST}:6379/`, HOST])(
  '%s is the same place with TLS and a password',
  (value) => {
    expect(isSamePlace({ value }, WANTED, '{url}')).toBe(true);
  },
);

test.each([`redis://${HOST}:6379/2`, `redis://${HOST}:6379?db=2`, 'redis://localhost:6379'])(
  '%s is another place',
  (value) => {
    expect(isSamePlace({ value }, WANTED, '{url}')).toBe(false);
  },
);

test('a database of its own variable is kept, and TLS beside it is not', () => {
  expect(isSamePlace({ value: '2' }, '0', '{db}')).toBe(false);
  expect(isSamePlace({ value: '0' }, '0', '{db}')).toBe(true);
  expect(isSamePlace({ value: 'false' }, 'true', '{tls}')).toBe(true);
});

test('a secret of theirs may be the password of the cache, and anything else it is not known to be', () => {
  expect(isSamePlace({ valueFrom: 'arn' }, '', '{password}')).toBe(true);
  expect(isSamePlace({ valueFrom: 'arn' }, WANTED, '{url}')).toBe(false);
});
