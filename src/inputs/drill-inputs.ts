/** What is said to `drill` alone. */
import { input } from './input.ts';
import { pattern, wholeNumber } from './schemas.ts';

const group = 'operation';
/** The longest that an app is kept from its cache. */
const LONGEST_OUTAGE_SECONDS = 900;

export const drillInputs = {
  nodeGroupId: input({
    shape: 'value',
    placeholder: '<id>',
    schema: pattern(/^\d{1,4}$/, 'must be the number of a shard, such as 0001'),
    help: 'the shard that is failed over (default: the first)',
    group,
    commands: ['drill failover'],
  }),
  seconds: input({
    shape: 'value',
    placeholder: '<n>',
    schema: wholeNumber(5, LONGEST_OUTAGE_SECONDS),
    default: 60,
    help: 'how long the cache is taken away, 5 to 900',
    group,
    commands: ['drill outage'],
  }),
  every: input({
    shape: 'value',
    placeholder: '<n>',
    schema: wholeNumber(1, 60),
    default: 1,
    help: 'seconds between two visits of the app',
    group,
    commands: ['drill failover', 'drill outage'],
  }),
};
