/** Listeners: what clients connect to, each with a real socket on this machine, and its default rule. */
import type {
  Certificate,
  CreateListenerInput,
  CreateListenerOutput,
  DeleteListenerInput,
  DeleteListenerOutput,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener as ListenerView,
  ModifyListenerInput,
  ModifyListenerOutput,
  ProtocolEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError, type Handler, type Operations } from '../service.ts';
import { acceptedActions } from './actions.ts';
import type { Frontend } from './frontend.ts';
import { page } from './paging.ts';
import { resourceId, validationError, type Listener, type LoadBalancer, type Registry } from './registry.ts';
import { setTags } from './tags.ts';

interface ListenersOptions {
  registry: Registry;
  open: (listener: Omit<Listener, 'frontend'>) => Promise<Frontend>;
  rulesChanged: () => void;
}

interface Listeners {
  operations: Operations;
  /** With its rules; its socket is closed when this resolves. */
  remove: (listener: Listener) => Promise<void>;
}

export function createListeners({ registry, open, rulesChanged }: ListenersOptions): Listeners {
  const createListener: Handler<CreateListenerInput, CreateListenerOutput> = async (input) => {
    const loadBalancer = registry.loadBalancer(input.LoadBalancerArn);
    const protocol = acceptedProtocol(loadBalancer, input.Protocol, input.Certificates);
    const requestedPort = acceptedPort(input.Port);
    const actions = acceptedActions(registry, loadBalancer, input.DefaultActions);
    const existing = listenerAt(registry, loadBalancer, requestedPort);
    if (existing) {
      const same =
        existing.protocol === protocol &&
        JSON.stringify(defaultActions(registry, existing)) === JSON.stringify(actions);
      if (same) return { Listeners: [view(registry, existing)] };
      throw duplicate(loadBalancer);
    }
    const arn = `${loadBalancer.arn.replace(':loadbalancer/', ':listener/')}/${resourceId()}`;
    setTags(registry, arn, input.Tags);
    const listener: Omit<Listener, 'frontend'> = { arn, loadBalancer, requestedPort, protocol };
    const opened: Listener = Object.assign(listener, { frontend: await open(listener) });
    registry.listeners.set(arn, opened);
    const ruleArn = `${arn.replace(':listener/', ':listener-rule/')}/${resourceId()}`;
    registry.rules.set(ruleArn, {
      arn: ruleArn,
      listener: opened,
      priority: 'default',
      conditions: [],
      actions,
    });
    rulesChanged();
    return { Listeners: [view(registry, opened)] };
  };

  const remove = async (listener: Listener): Promise<void> => {
    for (const { arn } of registry.rulesOf(listener)) {
      registry.rules.delete(arn);
      registry.tags.delete(arn);
    }
    registry.listeners.delete(listener.arn);
    registry.tags.delete(listener.arn);
    rulesChanged();
    await listener.frontend.close();
  };

  const deleteListener: Handler<DeleteListenerInput, DeleteListenerOutput> = async (input) => {
    await remove(registry.listener(input.ListenerArn));
    return {};
  };

  const modifyListener: Handler<ModifyListenerInput, ModifyListenerOutput> = async (input) => {
    const listener = registry.listener(input.ListenerArn);
    const { loadBalancer } = listener;
    const protocol = input.Protocol
      ? acceptedProtocol(loadBalancer, input.Protocol, input.Certificates)
      : listener.protocol;
    const port = input.Port === undefined ? listener.requestedPort : acceptedPort(input.Port);
    const actions = input.DefaultActions && acceptedActions(registry, loadBalancer, input.DefaultActions);
    if (port !== listener.requestedPort) {
      if (listenerAt(registry, loadBalancer, port)) throw duplicate(loadBalancer);
      const previous = listener.frontend;
      listener.requestedPort = port;
      listener.frontend = await open(listener);
      await previous.close();
    }
    listener.protocol = protocol;
    const defaultRule = registry.rulesOf(listener).find(({ priority }) => priority === 'default');
    if (actions && defaultRule) defaultRule.actions = actions;
    rulesChanged();
    return { Listeners: [view(registry, listener)] };
  };

  const describeListeners: Handler<DescribeListenersInput, DescribeListenersOutput> = (input) => {
    const { items, NextMarker } = page(selected(registry, input), input);
    return { Listeners: items.map((listener) => view(registry, listener)), NextMarker };
  };

  return {
    operations: {
      CreateListener: createListener,
      DeleteListener: deleteListener,
      ModifyListener: modifyListener,
      DescribeListeners: describeListeners,
    },
    remove,
  };
}

const PROTOCOLS: Record<LoadBalancer['type'], readonly ProtocolEnum[]> = {
  application: ['HTTP'],
  network: ['TCP'],
};

function acceptedProtocol(
  loadBalancer: LoadBalancer,
  protocol: ProtocolEnum | undefined,
  certificates: readonly Certificate[] = [],
): ProtocolEnum {
  if ((protocol === 'HTTPS' || protocol === 'TLS') && certificates.length === 0) {
    throw validationError(`A certificate must be specified for ${protocol} listeners`);
  }
  if (!protocol || !PROTOCOLS[loadBalancer.type].includes(protocol)) {
    throw new ServiceError(
      'UnsupportedProtocolException',
      `Protocol '${protocol ?? ''}' is not supported here for ${loadBalancer.type} load balancers`,
    );
  }
  return protocol;
}

function acceptedPort(port: number | undefined): number {
  if (port === undefined || port < 1 || port > 65_535) {
    throw validationError(`Port '${port ?? ''}' must be between '1' and '65535' inclusive`);
  }
  return port;
}

function duplicate({ arn }: LoadBalancer): ServiceError {
  return new ServiceError(
    'DuplicateListenerException',
    `A listener already exists on this port for this load balancer '${arn}'`,
  );
}

function listenerAt(registry: Registry, loadBalancer: LoadBalancer, port: number): Listener | undefined {
  return registry.listenersOf(loadBalancer).find(({ requestedPort }) => requestedPort === port);
}

function selected(registry: Registry, { ListenerArns, LoadBalancerArn }: DescribeListenersInput): Listener[] {
  if (ListenerArns?.length) return ListenerArns.map((arn) => registry.listener(arn));
  if (LoadBalancerArn === undefined)
    throw validationError('You must specify either listener ARNs or a load balancer ARN');
  return registry.listenersOf(registry.loadBalancer(LoadBalancerArn));
}

function defaultActions(registry: Registry, listener: Listener): NonNullable<ListenerView['DefaultActions']> {
  return [...(registry.rulesOf(listener).find(({ priority }) => priority === 'default')?.actions ?? [])];
}

function view(registry: Registry, listener: Listener): ListenerView {
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancer.arn,
    // On AWS the port asked for; here where it can really be reached, which is what readers want it for.
    Port: listener.frontend.port,
    Protocol: listener.protocol,
    DefaultActions: defaultActions(registry, listener),
  };
}
