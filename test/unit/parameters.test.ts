/** A parameter that AWS would refuse is refused before, with what it takes instead. */
import { expect, test } from 'vitest';
import { parameterProblem } from '../../src/domain/parameters.ts';

const KNOWN = [
  { name: 'maxmemory-policy', allowedValues: 'volatile-lru,noeviction', modifiable: true },
  { name: 'timeout', allowedValues: '0,20-2147483647', modifiable: true },
  { name: 'lfu-ratio', allowedValues: '0.5-1.5', modifiable: true },
  { name: 'notify-keyspace-events', allowedValues: 'KEg$lshzxetdmA', modifiable: true },
  { name: 'appendonly', allowedValues: 'yes,no', modifiable: false },
];

const problem = (name: string, value: string): string | undefined => {
  const found = parameterProblem(name, value, KNOWN, 'redis7');
  return found && `${found.problem}. ${found.fix}`;
};

test.each([
  ['maxmemory-policy', 'noeviction'],
  ['timeout', '0'],
  ['timeout', '300'],
  ['lfu-ratio', '0.75'],
  ['notify-keyspace-events', 'Ex'],
])('%s may be %s', (name, value) => {
  expect(problem(name, value)).toBeUndefined();
});

test.each([
  ['maxmemory-policy', 'noevict', 'It takes volatile-lru, noeviction.'],
  ['timeout', '7', 'It takes 0, 20-2147483647.'],
  ['timeout', '', 'an empty value is not among its values'],
  ['maxmemorypolicy', 'noeviction', 'Did you mean maxmemory-policy?'],
  ['appendonly', 'yes', 'lets nobody change it'],
])('%s may not be "%s"', (name, value, said) => {
  expect(problem(name, value)).toContain(said);
});
