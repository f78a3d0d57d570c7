/** Command lines as nobody would think of them: flags that are right, flags that are wrong, junk, and variables. */
import * as fc from 'fast-check';
import { CATALOGUE, inputsOf, type InputName } from '../../src/inputs/catalogue.ts';
import { flagOf, variableOf, type CommandName, type Input } from '../../src/inputs/input.ts';

/** Is never to be seen again, wherever it was typed. */
export const SECRET = 's3cret';

/** Those of a name that are taken at all, beside which stands what is not. */
const PLAUSIBLE: Partial<Record<InputName, readonly string[]>> = {
  ecsCluster: ['collabcanvas', 'another', 'arn:aws:ecs:us-east-1:111122223333:cluster/collabcanvas'],
  service: ['collabcanvas-backend', 'another'],
  container: ['backend', 'log-router', 'another'],
  envVar: ['REDIS_URL', 'CACHE_URL'],
  onFailure: ['keep', 'rollback'],
  stickinessSeconds: ['1', '3600', '604800'],
  project: ['collabcanvas-backend', 'another one', 'ünïcode'],
  preset: ['production', 'development'],
  cacheName: ['collabcanvas-redis', 'Other', 'sg-cache', 'a'],
  description: ['x', 'long '.repeat(60)],
  engine: ['redis', 'valkey'],
  engineVersion: ['7.1', '6.2', '8.0', '5'],
  cacheNodeType: ['cache.t3.micro', 'cache.r7g.16xlarge', 'cache.t1.micro'],
  replicas: ['0', '1', '5'],
  port: ['6379', '1', '65535'],
  kmsKeyId: ['alias/mine', '1234abcd-12ab-34cd-56ef-1234567890ab'],
  snapshotRetention: ['0', '35'],
  snapshotWindow: ['03:00-04:00', '23:30-00:30'],
  maintenanceWindow: ['sun:05:00-sun:06:00'],
  subnets: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef0,subnet-0123456789abcdef1'],
  allowCidr: ['10.0.0.0/8', '0.0.0.0/0'],
  region: ['us-east-1', 'cn-north-1'],
  account: ['111122223333'],
  for: ['setup,verify', 'status'],
  partition: ['aws', 'aws-cn'],
  tag: ['team=web', 'team=web,cost=1'],
  timeout: ['1', '0.5', '1e3'],
  pollInterval: ['0.1', '30'],
  appUrl: ['https://app.example.com', 'http://127.0.0.1:1'],
  refreshPath: ['/', '/api/count?x=1'],
  refreshValue: ['$.count', '/count: (\\d+)/', 'body', '$[?(@.x)]', '/(a+)+$/'],
  refreshes: ['2', '200'],
  header: ['Accept=text/html', 'Authorization=env:NOT_SET', 'Cookie=@/nowhere', 'X-A=b=c'],
  taskHeader: ['x-task-id'],
  logPattern: ['connected', '^(a|b)*$'],
  probeImage: ['node:20'],
};

const JUNK = [
  ...['', ' ', '-1', '0', '999999', '1.5', 'NaN', '1e309', '--', '-x', '{}', '[]', 'null', '__proto__'],
  ...['constructor', '../..', '%s%n', '$(id)', 'a\nb', '\u0000', '💥', 'x'.repeat(5_000), '*', '(', '[a'],
  ...['a=b', '=', 'arn:aws:', 'https://', 'http://[', '10.0.0.0/99', 'env:', '@', 'sun:05:00-sun:05:10'],
];

/** Where a secret is likely to be typed, and no flag takes it. */
const WITH_SECRET: Partial<Record<InputName, readonly string[]>> = {
  header: [`Authorization=Bearer ${SECRET}`, `bad ${SECRET}`, `Cookie=${SECRET}`],
  appUrl: [`https://me:${SECRET}@app.example.com`],
  envVar: [`redis://:${SECRET}@host:6379`],
};

export interface Arguments {
  readonly argv: string[];
  readonly env: Record<string, string>;
}

interface Typed {
  readonly name: InputName;
  readonly value: string;
  readonly by: 'flag' | 'negated flag' | 'variable';
}

function valueOf(name: InputName, junk: boolean): fc.Arbitrary<string> {
  const plausible = PLAUSIBLE[name] ?? ['true', 'false'];
  const right = fc.constantFrom(...plausible);
  if (!junk) return right;
  const wrong = fc.constantFrom(...JUNK, ...(WITH_SECRET[name] ?? []));
  return fc.oneof({ weight: 5, arbitrary: right }, wrong, fc.string({ maxLength: 20 }));
}

/** `--help` and `--version` aside, any line that begins with this command. */
export function anyArguments(command: CommandName, { junk = true } = {}): fc.Arbitrary<Arguments> {
  // What an endpoint or a profile of somebody's would be asked is not for tests, nor are files beside them.
  const names = inputsOf(command)
    .map(([name]) => name)
    .filter((name) => !['endpointUrl', 'profile', 'json', 'debug', 'fromAccount', 'report'].includes(name));
  const typed: fc.Arbitrary<Typed> = fc.constantFrom(...names).chain((name) =>
    fc.record({
      name: fc.constant(name),
      value: valueOf(name, junk),
      by: fc.constantFrom('flag', 'flag', 'negated flag', 'variable'),
    }),
  );
  return fc.array(typed, { maxLength: junk ? 12 : 6 }).map((all) => ({
    argv: [...command.split(' '), ...all.flatMap(wordsOf)],
    env: Object.fromEntries(
      all.filter(({ by }) => by === 'variable').map(({ name, value }) => [variableOf(name), value]),
    ),
  }));
}

function wordsOf({ name, value, by }: Typed): string[] {
  if (by === 'variable') return [];
  const { shape } = CATALOGUE[name] as Input<unknown>;
  const flag = flagOf(name);
  if (shape === 'switch' && by === 'negated flag') return [flag.replace('--', '--no-')];
  if (shape === 'switch' || shape === 'on') return [flag];
  if (shape === 'off') return [flag.replace('--', '--no-')];
  return [`${flag}=${value}`];
}
