/** The canvas app's service in an account of a sandbox, with what the tests of its deployments look at. */
import type {
  ContainerInstance,
  DescribeTaskDefinitionResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  RunTaskResponse,
  Service,
  ServiceDeployment,
  Task,
} from '@aws-sdk/client-ecs';
import type { Rule, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { collabcanvas, type CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { PROGRAMS } from './command-line.ts';

export const HERE = { cluster: 'collabcanvas', service: 'collabcanvas-backend' };

export type CanvasAccount = Awaited<ReturnType<typeof openCanvas>>;

export async function openCanvas(sandbox: Sandbox, options: Omit<CollabcanvasOptions, 'programsFolder'>) {
  const at = await sandbox.openAccount(collabcanvas({ programsFolder: PROGRAMS, ...options }));
  const { clock } = sandbox;
  const call = async <T>(service: string, action: string, input: object = {}): Promise<T> => {
    const operation = at.account.services[service]?.[action];
    if (!operation) throw new Error(`no ${service}:${action}`);
    const { accessKeyId, region } = at.account;
    return (await clock.busy(
      Promise.resolve(operation(input, { service, action, accessKeyId, region, requestId: 'test' })),
    )) as T;
  };
  const ecs = <T>(action: string, input: object = {}): Promise<T> => call<T>('ecs', action, input);

  const service = async (): Promise<Service> => {
    const { services } = await ecs<{ services: Service[] }>('DescribeServices', {
      cluster: HERE.cluster,
      services: [HERE.service],
    });
    return services[0]!;
  };
  const describeTasks = async (desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Task[]> => {
    const { cluster } = HERE;
    const { taskArns } = await ecs<{ taskArns: string[] }>('ListTasks', { cluster, desiredStatus });
    if (taskArns.length === 0) return [];
    return (await ecs<{ tasks: Task[] }>('DescribeTasks', { cluster, tasks: taskArns })).tasks;
  };

  return {
    at,
    call,
    ecs,
    service,
    tasks: () => describeTasks('RUNNING'),
    stoppedTasks: () => describeTasks('STOPPED'),
    messages: async () => ((await service()).events ?? []).map(({ message = '' }) => message),
    containerInstances: async (): Promise<ContainerInstance[]> => {
      const { cluster } = HERE;
      const { containerInstanceArns } = await ecs<{ containerInstanceArns: string[] }>(
        'ListContainerInstances',
        { cluster },
      );
      const described = await ecs<{ containerInstances: ContainerInstance[] }>('DescribeContainerInstances', {
        cluster,
        containerInstances: containerInstanceArns,
      });
      return described.containerInstances;
    },
    serviceDeployment: async (arn?: string): Promise<ServiceDeployment> => {
      const { serviceDeployments } = await ecs<{ serviceDeployments: ServiceDeployment[] }>(
        'DescribeServiceDeployments',
        { serviceDeploymentArns: [arn ?? (await service()).currentServiceDeployment] },
      );
      return serviceDeployments[0]!;
    },
    /** The running revision with other members, registered. */
    register: async (change: Partial<RegisterTaskDefinitionRequest>): Promise<string> => {
      const { taskDefinition } = await ecs<DescribeTaskDefinitionResponse>('DescribeTaskDefinition', {
        taskDefinition: (await service()).taskDefinition,
      });
      const registered = await ecs<RegisterTaskDefinitionResponse>('RegisterTaskDefinition', {
        ...taskDefinition,
        ...change,
      });
      return registered.taskDefinition!.taskDefinitionArn!;
    },
    deploy: async (taskDefinition: string): Promise<string> => {
      const updated = await ecs<{ service: Service }>('UpdateService', { ...HERE, taskDefinition });
      return updated.service.deployments![0]!.id!;
    },
    runTask: (taskDefinition: string, more: object = {}) =>
      ecs<RunTaskResponse>('RunTask', { cluster: HERE.cluster, taskDefinition, ...more }),
    targets: async (targetGroupArn: string | undefined): Promise<TargetHealthDescription[]> => {
      const { TargetHealthDescriptions } = await call<{
        TargetHealthDescriptions: TargetHealthDescription[];
      }>('elasticloadbalancing', 'DescribeTargetHealth', { TargetGroupArn: targetGroupArn });
      return TargetHealthDescriptions;
    },
    /** Of the production rule, in the order in which the service names its groups. */
    weights: async (): Promise<(number | undefined)[]> => {
      const { targetGroupArn, advancedConfiguration } = (await service()).loadBalancers![0]!;
      const { Rules } = await call<{ Rules: Rule[] }>('elasticloadbalancing', 'DescribeRules', {
        RuleArns: [advancedConfiguration!.productionListenerRule],
      });
      const groups = Rules[0]!.Actions![0]!.ForwardConfig!.TargetGroups!;
      return [targetGroupArn, advancedConfiguration!.alternateTargetGroupArn].map(
        (arn) => groups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight,
      );
    },
    /** The names of the tasks that answer. */
    answering: async (times = 12): Promise<Set<string | null>> => {
      const names = new Set<string | null>();
      for (let turn = 0; turn < times; turn += 1) {
        const response = await clock.busy(
          fetch(new URL('/api/projects/demo/objects/count', at.appUrl), { headers: { connection: 'close' } }),
        );
        names.add(response.ok ? response.headers.get('x-task-id') : `failed with ${response.status}`);
        await response.arrayBuffer();
      }
      return names;
    },
    /** Looks every `every` seconds of the clock. */
    until: async (done: () => Promise<boolean>, every = 5, limit = 7_200): Promise<void> => {
      for (let waited = 0; waited < limit; waited += every) {
        if (await done()) return;
        await clock.sleep(every * 1_000);
      }
      throw new Error(`not within ${limit} s: ${JSON.stringify(await service(), null, 1)}`);
    },
  };
}

export async function isCompleted({ service }: Pick<CanvasAccount, 'service'>): Promise<boolean> {
  return (await service()).deployments![0]!.rolloutState === 'COMPLETED';
}
