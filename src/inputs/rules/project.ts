/** What the caches and consumers of a project must be to each other. */
import { speaksOfCache, templateProblem } from '../../domain/delivery.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Auth, VariableSettings } from '../../domain/settings.ts';
import type { Broken, Case } from './rule.ts';

export interface CacheCase extends Case {
  /** Undefined: it will be asked for. */
  readonly cacheName: string | undefined;
  readonly auth: Auth;
}

export interface ConsumerCase extends Case {
  /** Undefined: it will be asked for. */
  readonly consumerName: string | undefined;
  readonly variables: readonly VariableSettings[];
  /** How a variable is called where it was said. */
  readonly nameOf: (variable: VariableSettings) => string;
}

export interface ProjectCase {
  readonly caches: readonly CacheCase[];
  readonly consumers: readonly ConsumerCase[];
}

export type ProjectRule = (project: ProjectCase) => readonly Broken[];

export const PROJECT_RULES: readonly ProjectRule[] = [
  ({ caches }) =>
    repeated(caches, ({ cacheName }) => cacheName).map(({ name, cacheName }) => ({
      problem: `${name('cacheName')} ${cacheName ?? ''} is the name of another cache already`,
      fix: 'Give each its own.',
    })),
  ({ caches }) =>
    repeated(caches, ({ inputs }) => inputs.securityGroupName?.value).map(({ said }) => ({
      problem: `${said('securityGroupName')} is the group of another cache already, and each has its own`,
      fix: 'Give each its own, or leave it out.',
    })),
  ({ caches }) =>
    repeated(caches, ({ inputs }) => inputs.subnetGroupName?.value).map(({ said }) => ({
      problem: `${said('subnetGroupName')} is the group of another cache already, and each has its own`,
      fix: 'Give each its own, leave it out, or make one by hand and name it as subnetGroup of both.',
    })),
  ({ consumers }) =>
    repeated(consumers, ({ consumerName }) => consumerName).map(({ name, consumerName }) => ({
      problem: `${name('service')} ${consumerName ?? ''} is the name of another consumer already`,
      fix: 'Put all variables of an app under one entry; two apps of one name take two projects.',
    })),
  ({ caches, consumers }) =>
    caches
      .filter(({ cacheName }) => cacheName !== undefined && !isUsed(cacheName, consumers))
      .map(({ name, cacheName }) => ({
        problem: `${name('cacheName')} ${cacheName ?? ''} is used by no consumer, so that nobody would be let in`,
        fix: `Add a variable with cache: ${cacheName ?? ''} to a consumer, or leave the cache out.`,
      })),
  (project) => eachVariable(project, unknownCache),
  (project) => eachVariable(project, wrongTemplate),
  (project) => eachVariable(project, secretInClear),
  (project) => eachVariable(project, otherDatabase),
  ({ consumers }) =>
    consumers.flatMap(({ variables, nameOf }) =>
      repeated(variables, ({ name, container = '' }) => `${container}/${name.value}`).map((variable) => ({
        problem: `${nameOf(variable)} sets ${variable.name.value}, which is set already`,
        fix: 'A container has a variable once: leave one of them out.',
      })),
    ),
];

function isUsed(cache: string, consumers: readonly ConsumerCase[]): boolean {
  return consumers.some(({ variables }) => variables.some((variable) => variable.cache === cache));
}

function unknownCache(
  variable: VariableSettings,
  called: string,
  caches: readonly CacheCase[],
): Broken | false {
  const names = caches.map(({ cacheName }) => cacheName).filter((name) => name !== undefined);
  if (names.length === 0 || !speaksOfCache(variable.template)) return false;
  if (variable.cache !== undefined && names.includes(variable.cache)) return false;
  if (variable.cache === undefined) {
    return {
      problem: `${called} does not say of which cache`,
      fix: `Say it beside the variable, or once for the consumer: cache: ${names[0] ?? ''}.`,
    };
  }
  return {
    problem: `${called} is of the cache ${variable.cache}, which is not among the caches`,
    fix: suggestion(variable.cache, names) ?? '',
  };
}

function wrongTemplate(
  variable: VariableSettings,
  called: string,
  caches: readonly CacheCase[],
): Broken | false {
  const cache = caches.find(({ cacheName }) => cacheName === variable.cache);
  const problem = templateProblem(variable.template, cache?.auth ?? 'none');
  if (problem === undefined) return false;
  const fix = problem.includes('password') && cache ? ` Say ${cache.say('auth', passwordOf(cache))}.` : '';
  return { problem: `${called} ${problem}`, fix: `Mend the value.${fix}` };
}

function passwordOf({ inputs }: CacheCase): Auth {
  return inputs.serverless.value ? 'rbac' : 'token';
}

/** In an address, or under a name that says so. */
const PASSWORD_IN_URL = /:\/\/[^/@{]*:[^/@{]+@/;
const SECRET_NAME = /PASSWORD|PASSWD|SECRET|TOKEN/i;

function secretInClear({ name, template, cache }: VariableSettings, called: string): Broken | false {
  const named = cache === undefined && template !== '' && SECRET_NAME.test(name.value);
  return (
    (named || PASSWORD_IN_URL.test(template)) && {
      problem: `${called} is a secret that stands in the file as it is, and would stand in the app’s configuration too`,
      fix: 'Say {password} or {url}, and the one of the cache goes there as a secret; another secret is not ours to hand over.',
    }
  );
}

/** A cluster has no other (Valkey, SELECT), and a serverless cache is one (ElastiCache user guide, "Supported commands"). */
const OTHER_DATABASE = /\{(url|port)\}\/0*[1-9]/;

function otherDatabase(
  variable: VariableSettings,
  called: string,
  caches: readonly CacheCase[],
): Broken | false {
  const cache = caches.find(({ cacheName }) => cacheName === variable.cache);
  if (!cache || !OTHER_DATABASE.test(variable.template)) return false;
  const { serverless, clusterMode } = cache.inputs;
  if (!serverless.value && clusterMode.value === 'disabled') return false;
  return {
    problem: `${called} names another database than 0, and with ${cache.said(serverless.value ? 'serverless' : 'clusterMode')} there is no other`,
    fix: 'Tell the keys apart by a prefix, or take a cache for each.',
  };
}

function eachVariable(
  { caches, consumers }: ProjectCase,
  rule: (variable: VariableSettings, called: string, caches: readonly CacheCase[]) => Broken | false,
): Broken[] {
  return consumers
    .flatMap(({ variables, nameOf }) => variables.map((each) => rule(each, nameOf(each), caches)))
    .filter((broken) => broken !== false);
}

/** Those of which an earlier one has the same. */
function repeated<T>(items: readonly T[], keyOf: (item: T) => string | undefined): T[] {
  const keys = items.map(keyOf);
  return items.filter((_, index) => keys[index] !== undefined && keys.indexOf(keys[index]) < index);
}
