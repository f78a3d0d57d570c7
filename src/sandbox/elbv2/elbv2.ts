/** Elastic Load Balancing v2: its API, and load balancers that really pass requests on. */
import type { Clock } from '../../clock.ts';
import type { Fabric } from '../network/fabric.ts';
import type { Vpc } from '../network/vpc.ts';
import type { Operations } from '../service.ts';
import { openHttpFrontend } from './http-frontend.ts';
import { createListeners } from './listeners.ts';
import { loadBalancerOperations } from './load-balancers.ts';
import { Registry } from './registry.ts';
import { RegisteredTargets } from './registered-targets.ts';
import { ruleOperations } from './rules.ts';
import { tagOperations } from './tags.ts';
import { TargetChoice } from './target-choice.ts';
import { targetGroupOperations } from './target-groups.ts';
import { targetPath } from './target-path.ts';
import { targetOperations } from './target-registration.ts';
import type { Targets } from './targets.ts';
import { openTcpFrontend } from './tcp-frontend.ts';

export interface Elbv2Options {
  accountId: string;
  region: string;
  clock: Clock;
  vpc: Vpc;
  fabric: Fabric;
  /** How long a connection to a target may take before the client gets a 504: ten seconds on AWS. */
  connectTimeoutMs?: number;
}

export interface Elbv2 {
  operations: Operations;
  targets: Targets;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

export function createElbv2(options: Elbv2Options): Elbv2 {
  const { accountId, region, clock, vpc, fabric, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const registry = new Registry();
  const path = targetPath(vpc, fabric);
  const targets = new RegisteredTargets({ registry, clock, vpc, path });
  const choice = new TargetChoice(registry, targets);
  const rulesChanged = (): void => targets.followRules();

  const listeners = createListeners({
    registry,
    rulesChanged,
    open: (listener) =>
      listener.loadBalancer.type === 'application'
        ? openHttpFrontend(listener, { registry, choice, path, clock, connectTimeoutMs })
        : openTcpFrontend(listener, { registry, choice, path }),
  });

  return {
    operations: {
      ...loadBalancerOperations({
        registry,
        accountId,
        region,
        clock,
        vpc,
        removeListener: listeners.remove,
      }),
      ...targetGroupOperations({
        registry,
        accountId,
        region,
        forgetTargets: (arn) => targets.forgetGroup(arn),
      }),
      ...targetOperations(registry, targets, vpc),
      ...listeners.operations,
      ...ruleOperations(registry, rulesChanged),
      ...tagOperations(registry),
    },
    targets,
    close: async () => {
      targets.close();
      await Promise.all([...registry.listeners.values()].map(({ frontend }) => frontend.close()));
    },
  };
}
