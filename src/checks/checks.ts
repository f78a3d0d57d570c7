/** All questions about the result, of services and of apps on instances. */
import { asksTheApp, CHECKS, type LadderId } from '../domain/check.ts';
import { cache, cacheOfInstances } from './cache/cache.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { ingress } from './network/ingress.ts';
import { RESTART_IT, type InstanceCheckContext } from './instance-context.ts';
import { instanceLogs } from './app/instance-logs.ts';
import { instanceRestarted } from './app/instance-restarted.ts';
import { instanceVariables } from './handed/instance-variables.ts';
import { logs } from './app/logs.ts';
import { memory } from './cache/memory.ts';
import { networkAcls } from './network/network-acls.ts';
import { ping, pingOfInstances } from './cache/ping.ts';
import { inconclusive, question, skip } from './question.ts';
import { refresh } from './refresh/refresh.ts';
import { revision } from './app/revision.ts';
import { secrets } from './handed/secrets.ts';
import { stickiness } from './refresh/stickiness.ts';
import { subnets, subnetsOfInstances } from './network/subnets.ts';
import { usage, usageOfInstances } from './app/usage.ts';
import { variables } from './handed/variables.ts';
import { vpc } from './network/vpc.ts';

const OF_SERVICES: Readonly<Record<LadderId, (context: CheckContext) => Check>> = {
  cache,
  vpc,
  ingress,
  'network-acls': networkAcls,
  subnets,
  variables,
  secrets,
  ping,
  memory,
  revision,
  logs,
  usage,
  stickiness,
  refresh,
};

const OF_INSTANCES: Readonly<Record<LadderId, (context: InstanceCheckContext) => Check>> = {
  cache: cacheOfInstances,
  vpc,
  ingress,
  'network-acls': networkAcls,
  subnets: subnetsOfInstances,
  variables: instanceVariables,
  secrets: secretsOfInstances,
  ping: pingOfInstances,
  memory,
  revision: instanceRestarted,
  logs: instanceLogs,
  usage: usageOfInstances,
  stickiness,
  refresh: refreshOfInstances,
};

/** In the order of the ladder. */
export function checks(context: CheckContext | InstanceCheckContext): Check[] {
  return CHECKS.map((id) => ('waiting' in context ? OF_INSTANCES[id](context) : OF_SERVICES[id](context)));
}

/** Of what is set up: neither the network nor the app is asked anything. */
export function configurationChecks(context: CheckContext | InstanceCheckContext): Check[] {
  const leftOut = CHECKS.filter(asksTheApp) as readonly string[];
  return checks(context).filter(({ id }) => !leftOut.includes(id));
}

/** The others, of all apps alike. */
export function leftOutChecks(): Check[] {
  const reason = skip('--lint reads the account alone, and asks neither the network nor the app');
  return CHECKS.filter(asksTheApp).map((id) => question(id, () => Promise.resolve(reason)));
}

/** They read their values themselves, when they start. */
function secretsOfInstances(): Check {
  return question('secrets', () =>
    Promise.resolve(skip('no task definition hands secrets to an app on instances')),
  );
}

/** What an app shows that was not restarted says nothing of the cache. */
function refreshOfInstances(context: InstanceCheckContext): Check {
  if (!context.awaitsRestart || !context.isFront) return refresh(context);
  const answer = inconclusive('the app has not been restarted with the new values', RESTART_IT);
  return question('refresh', () => Promise.resolve(answer));
}
