/** How the result is proven. */
import { input } from './input.ts';
import {
  entries,
  expression,
  hostAndPort,
  origin,
  pattern,
  refreshValue,
  text,
  toggle,
  wholeNumber,
} from './schemas.ts';

const group = 'proof';
const commands = [
  'setup',
  'plan',
  'verify',
  'snapshot restore',
  'rotate-token',
  'scale',
  'drill failover',
  'drill outage',
] as const;

/** Arguments are seen by every process of the machine, and stay in the shell's history. */
const LITERAL_CREDENTIAL = /^((proxy-)?authorization|cookie)=(?!env:|@)/i;

export const proofInputs = {
  appUrl: input({
    shape: 'value',
    placeholder: '<url>',
    schema: origin,
    help: 'where the app answers (default: read from the load balancer)',
    group,
    commands,
  }),
  refreshPath: input({
    shape: 'value',
    placeholder: '<path>',
    schema: pattern(/^\/\S*$/, 'must begin with /'),
    help: 'path that is to show the same on every refresh',
    group,
    commands,
    question: 'Which path of the app shows the symptom?',
    later: 'asked by GET alone, before and after',
  }),
  refreshValue: input({
    shape: 'value',
    placeholder: '<what>',
    schema: refreshValue,
    help: 'what to compare: a JSONPath ($.count), a /regular expression/, or body',
    group,
    commands,
    question: 'What is to be the same on every refresh?',
    later: 'a JSONPath such as $.count, a /regular expression/, or body',
  }),
  refreshes: input({
    shape: 'value',
    placeholder: '<n>',
    schema: wholeNumber(2, 200),
    default: 10,
    help: 'how often the path is asked',
    group,
    commands,
  }),
  header: input({
    shape: 'entries',
    placeholder: '<name=value>',
    schema: entries(
      pattern(
        /^[!#$%&'*+.^_`|~0-9A-Za-z-]+=.+$/s,
        'must be Name=env:VARIABLE, Name=@file or Name=value',
      ).refine(
        (entry) => !LITERAL_CREDENTIAL.test(entry),
        'must come from a variable or a file, Name=env:VARIABLE or Name=@file, for it is a credential',
      ),
    ),
    default: {},
    help: 'header of each refresh: Name=env:VARIABLE, Name=@file or Name=value; repeatable',
    group,
    commands,
  }),
  taskHeader: input({
    shape: 'value',
    placeholder: '<name>',
    schema: pattern(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a response header'),
    help: 'response header that names the task which answered',
    group,
    commands,
  }),
  logPattern: input({
    shape: 'value',
    placeholder: '<regex>',
    schema: expression,
    default: 'Redis connected successfully',
    help: 'what the app logs when it has reached Redis',
    group,
    commands,
  }),
  probeImage: input({
    shape: 'value',
    placeholder: '<image>',
    schema: text,
    help: 'image of the probe, where the image of the app has neither node, python3 nor sh',
    group,
    commands,
  }),
  from: input({
    shape: 'value',
    placeholder: '<place>',
    schema: pattern(
      /^(task|instance|here|i-[0-9a-f]{8,17})$/,
      'must be task, instance, here or the id of an instance (i-…)',
    ),
    help: 'where the cache is asked from: task, instance, an instance id, or here, this machine (default: where the app runs)',
    group,
    commands: ['verify'],
  }),
  tunnel: input({
    shape: 'value',
    placeholder: '<host:port>',
    schema: hostAndPort,
    help: 'with --from here: where a tunnel to the cache listens on this machine',
    group,
    commands: ['verify'],
  }),
  probe: input({
    shape: 'switch',
    schema: toggle,
    default: true,
    help: 'ask the cache from a short-lived task in the network of the app',
    group,
    commands,
  }),
  verify: input({
    shape: 'switch',
    schema: toggle,
    default: true,
    help: 'check the result',
    group,
    commands: ['setup', 'plan', 'rotate-token', 'scale', 'snapshot restore'],
  }),
  lint: input({
    shape: 'on',
    schema: toggle,
    default: false,
    help: 'what is risky in what is there: reads the account only, no probe task, no request to the app',
    group,
    commands: ['verify'],
  }),
  report: input({
    shape: 'value',
    placeholder: '<path.html>',
    schema: text,
    help: 'write what was found as one page for a ticket; of what is there only an earlier report is overwritten',
    group,
    commands: ['verify'],
  }),
};
