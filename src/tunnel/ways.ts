/** Which way leads to the cache: the one that was asked for, else the first that is fit. */
import type { Aws } from '../aws/aws.ts';
import type { RunningService } from '../domain/app.ts';
import { WizardError } from '../errors.ts';
import { findInstancePlace, instancesUnder, NO_INSTANCE } from './instance-place.ts';
import { requireFreePort } from './local-port.ts';
import { requirePlugin } from './plugin.ts';
import { notLetIn, type Door, type SessionPlace } from './session-place.ts';
import { openSessionTunnel, type SessionTunnelOptions } from './session-tunnel.ts';
import { openSshTunnel } from './ssh-tunnel.ts';
import { findTaskPlace } from './task-place.ts';
import type { Missing, Way } from './tunnel.ts';

export interface WayOptions extends Omit<SessionTunnelOptions, 'sessions'> {
  readonly aws: Pick<Aws, 'ecs' | 'ec2' | 'commands' | 'sessions'>;
  readonly door: Door;
  readonly services: readonly RunningService[];
  /** On which the apps of the project run, app by app. */
  readonly instances: readonly (readonly string[])[];
  /** 'task', 'instance', 'ssh' or an instance's id; undefined: whatever is fit. */
  readonly through: string | undefined;
  readonly bastion: string | undefined;
  readonly asks: boolean;
  /** The flags of the AWS CLI that name region and profile. */
  readonly where: readonly string[];
}

/** Reads only. Throws Blocked with the one thing that is missing. */
export async function findWay(options: WayOptions): Promise<Way> {
  const { bastion, through, children, env, localPort } = options;
  if (localPort !== undefined) await requireFreePort(localPort);
  if (bastion !== undefined) {
    return { through: bastion, open: (to) => openSshTunnel(to, { ...options, bastion }) };
  }
  const place = await findPlace(options, through);
  await requirePlugin(children, env);
  const session = { ...options, sessions: options.aws.sessions };
  return { through: place.through, open: (to) => openSessionTunnel(place, to, session) };
}

async function findPlace(options: WayOptions, through: string | undefined): Promise<SessionPlace> {
  const missing: Missing[] = [];
  for (const find of finders(options, through)) {
    const found = await find();
    const lacks = 'missing' in found ? found : await notLetIn(found, options.door, options.aws);
    if (!lacks && !('missing' in found)) return found;
    if (lacks) missing.push(lacks);
  }
  const [first] = missing;
  const [what, cure] = [first?.missing ?? 'there is no app and no instance to go through', first?.cure ?? ''];
  throw new WizardError('Blocked', `There is no way to ${options.door.cacheName}: ${what}`, {
    hint: [cure, ...(through === undefined ? [OTHER_WAYS] : [])].filter(Boolean).join(' '),
  });
}

const OTHER_WAYS = 'Or name another way: --through i-…, or --through ssh --bastion user@host.';

type Find = () => Promise<SessionPlace | Missing>;

/** The app's own tasks come first: the cache lets them in, or the app would not work. */
function finders({ aws, services, where, instances }: WayOptions, through: string | undefined): Find[] {
  const tasks = services.map(
    (service): Find =>
      () =>
        findTaskPlace(service, aws, where),
  );
  const own = instances.map(
    (ids): Find =>
      () =>
        findInstancePlace(ids, aws),
  );
  const under = services.map(
    (service): Find =>
      async () =>
        findInstancePlace(await instancesUnder(service, aws), aws),
  );
  if (through === 'task') return tasks.length > 0 ? tasks : [nobody(NO_SERVICE)];
  if (through === 'instance')
    return own.length + under.length > 0 ? [...own, ...under] : [nobody(NO_INSTANCE)];
  if (through !== undefined) return [() => findInstancePlace([through], aws)];
  const all = [...tasks, ...own, ...under];
  return all.length > 0 ? all : [nobody(NO_SERVICE)];
}

const NO_SERVICE: Missing = {
  missing: 'no service of ECS is known to use it',
  cure: 'Name it with --ecs-cluster and --service, or the project (--project).',
};

function nobody(missing: Missing): Find {
  return () => Promise.resolve(missing);
}
