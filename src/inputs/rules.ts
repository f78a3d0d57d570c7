/** What inputs must be to each other: each rule once, with the field and what mends it, before any call to AWS. */
import { WizardError } from '../errors.ts';
import type { Sections } from './config-keys.ts';
import { PROJECT_COMMANDS, type CommandName } from './input.ts';
import type { ConsumerInputs, ProjectInputs } from './project-inputs.ts';
import type { Inputs } from './resolve.ts';
import { APP_RULES, ENTRY_RULES } from './rules/app.ts';
import { MONITORING_RULES } from './rules/monitoring.ts';
import { CONNECT_RULES } from './rules/connect.ts';
import { NODE_RULES } from './rules/nodes.ts';
import { PARAMETER_RULES } from './rules/parameters.ts';
import { PRESENTATION_RULES } from './rules/presentation.ts';
import { PROJECT_RULES, type CacheCase, type ConsumerCase, type ProjectCase } from './rules/project.ts';
import { PROOF_RULES } from './rules/proof.ts';
import { PROTECTION_RULES } from './rules/protection.ts';
import { QUEUE_RULES } from './rules/queues.ts';
import type { Broken, Case, Rule } from './rules/rule.ts';
import { NODES_HAVE_NO_LIMITS, SERVERLESS_RULES } from './rules/serverless.ts';
import { authOf, wantedOf } from './settings.ts';
import { spellingOf } from './spelling.ts';

const CACHE_RULES = [...NODE_RULES, ...SERVERLESS_RULES, ...PARAMETER_RULES, ...PROTECTION_RULES];

/** Throws one error for all the rules that are broken. */
export function checkRules(command: CommandName, project: ProjectInputs): void {
  throwBroken(brokenRules(command, project));
}

/** Of how a run speaks, whatever it does: before its first word. */
export function checkPresentationRules(inputs: Inputs): void {
  throwBroken(broken(PRESENTATION_RULES, caseOf(inputs)));
}

/** Of a cache that nobody has described but for what is to be other than it was. */
export function checkCacheRules(inputs: Inputs): void {
  throwBroken(broken([...CACHE_RULES, NODES_HAVE_NO_LIMITS], cacheCase(inputs)));
}

function throwBroken(broken: readonly Broken[]): void {
  if (broken.length === 0) return;
  throw new WizardError('InvalidInput', distinct(broken, 'problem').join('; '), {
    hint: distinct(broken, 'fix').join(' '),
  });
}

function brokenRules(command: CommandName, project: ProjectInputs): Broken[] {
  const { inputs, configured } = project;
  const ofRun = broken(
    [...PROOF_RULES, ...MONITORING_RULES, ...CONNECT_RULES],
    caseOf(inputs, configured && {}),
  );
  // The way back, and a policy, are found by names: no cache or app is described.
  if (!PROJECT_COMMANDS.some((each) => each === command)) return ofRun;
  const { caches, consumers } = casesOf(project);
  return [
    ...ofRun,
    ...caches.flatMap((cache) => broken(CACHE_RULES, cache)),
    ...caches
      .filter(({ inputs: { serverless } }) => command !== 'scale' || serverless.origin !== 'default')
      .flatMap((cache) => broken([NODES_HAVE_NO_LIMITS], cache)),
    ...consumers.flatMap((each) => broken(configured ? [...APP_RULES, ...ENTRY_RULES] : APP_RULES, each)),
    ...[...PROJECT_RULES, ...QUEUE_RULES].flatMap((rule) => rule({ caches, consumers })),
  ];
}

function broken(rules: readonly Rule[], of: Case): Broken[] {
  return rules.map((rule) => rule(of)).filter((answer) => answer !== false);
}

/** Flags and variables describe one cache and one consumer; a file has its own entries. */
function casesOf({ inputs, configured }: ProjectInputs): ProjectCase {
  if (!configured) {
    const cache = cacheCase(inputs);
    return {
      caches: [cache],
      consumers: [consumerCase({ inputs, cache: cache.cacheName, variables: [] }, [cache])],
    };
  }
  const caches = configured.caches.map((each, index) => cacheCase(each, { cache: `caches[${index}]` }));
  const consumers = configured.consumers.map((each, index) =>
    consumerCase(each, caches, { consumer: `consumers[${index}]` }),
  );
  return { caches, consumers };
}

function caseOf(inputs: Inputs, sections?: Sections): Case {
  return { inputs, ...spellingOf(inputs, sections) };
}

function cacheCase(inputs: Inputs, sections?: Sections): CacheCase {
  return {
    ...caseOf(inputs, sections),
    cacheName: inputs.cacheName?.value,
    auth: authOf(inputs).value,
  };
}

function consumerCase(
  { inputs, cache, variables }: ConsumerInputs,
  caches: readonly CacheCase[],
  sections?: Sections,
): ConsumerCase {
  const of = caseOf(inputs, sections);
  const known = caches.map(({ cacheName = '', inputs: own }) => ({ name: cacheName, auth: authOf(own) }));
  return {
    ...of,
    consumerName: nameOfApp(inputs),
    variables: wantedOf({ inputs, cache, variables }, known),
    nameOf({ name, template }) {
      if (
        sections?.consumer !== undefined &&
        name.origin === 'config' &&
        variables.some((each) => each.name === name.value)
      ) {
        return `${sections.consumer}.variables.${name.value}`;
      }
      if (template === '{tls}' && inputs.envTls?.value === name.value) return of.said('envTls');
      return inputs.envProfile ? of.said('envProfile') : of.name('envVar');
    },
  };
}

function nameOfApp(inputs: Inputs): string | undefined {
  const { service, autoScalingGroup, instanceSecurityGroup, instance } = inputs;
  return (service ?? autoScalingGroup ?? instanceSecurityGroup)?.value ?? instance?.value.join(', ');
}

function distinct(broken: readonly Broken[], member: keyof Broken): string[] {
  return [...new Set(broken.map((each) => each[member]))];
}
