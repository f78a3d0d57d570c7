/** The cache asked from this machine: through a tunnel, or from within its network. */
import type { PingEvidence } from '../../checks/context.ts';
import type { Consumer } from '../../domain/consumer.ts';
import { causeOnTheWay } from '../../domain/elsewhere.ts';
import { addressOf, TUNNEL_END, tunnelCommands } from '../../domain/paste-commands.ts';
import type { Elsewhere, ProbeReport } from '../../domain/probe-report.ts';
import { urlOf } from '../../domain/probe-target.ts';
import { WizardError } from '../../errors.ts';
import { handedHere } from '../../probe/handed-here.ts';
import { askHere } from '../../probe/local-probe.ts';
import { byHand, type NotAsked } from './by-hand.ts';
import { whereOf } from './checking.ts';
import { readEndpoints } from '../opening/endpoints.ts';
import { NOTHING_WAITS, targetsOf } from './instance-asking.ts';
import { readProbePrograms } from '../opening/probe-programs.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';
import { serviceAddress, type Address } from './task-asking.ts';

const PLACE = 'this machine';

export async function askFromHere(
  consumer: Consumer,
  project: Project,
  session: Session,
): Promise<PingEvidence> {
  const found = await addressOfApp(consumer, project);
  if (!('target' in found)) return found;
  const tunnel = session.inputs.tunnel?.value;
  if (tunnel === undefined && isSimulated(session)) {
    return openWay(`${PLACE} is outside the VPC of the cache: that says nothing of the app`, found);
  }
  const elsewhere = { place: PLACE, ...(tunnel === undefined ? {} : { tunnel }) };
  try {
    return await ask(found, elsewhere);
  } catch (error) {
    if (session.signal.aborted || !(error instanceof WizardError)) throw error;
    return { notAsked: error.message };
  }

  async function ask({ target, endpoint }: Address, from: Elsewhere): Promise<ProbeReport | NotAsked> {
    const { identity, aws } = project;
    const handed = await handedHere(target, {
      secrets: aws.secrets,
      place: ['arn', identity.partition, 'ecs', identity.region, identity.account, ''].join(':'),
      address: endpoint && urlOf(endpoint),
    });
    if ('notAsked' in handed) return handed;
    const program = readProbePrograms(session.programsFolder).node;
    const machine = { program, machine: session.env, tunnel };
    const answer = await session.clock.busy(askHere(machine, handed.environment, session.signal));
    if ('notAsked' in answer) return answer;
    const cause = causeOnTheWay(answer, from);
    if (cause !== undefined) return openWay(cause, { target, endpoint });
    const { withheldBecause } = handed;
    const withheld =
      withheldBecause === undefined ? {} : { credentialsWithheld: true as const, withheldBecause };
    return { ...answer, ...withheld, elsewhere: from };
  }

  function openWay(cause: string, { target, endpoint }: Address): NotAsked {
    const address = addressOf(target, endpoint);
    const inside = `--from ${consumer.kind === 'ecs' ? 'task' : 'instance'}`;
    const again = `elasticache-wizard verify ${inside}`;
    if (!address) return { notAsked: cause, hint: `Ask from where the app runs: ${again}.` };
    const end = tunnel ?? TUNNEL_END;
    const [agent] =
      consumer.kind === 'ec2' ? consumer.app.instances.filter((each) => each.agent === 'online') : [];
    const { ssh, ssm } = tunnelCommands(address, agent?.instanceId, whereOf(project, session), end);
    const then = `the same command with --from here --tunnel ${end}`;
    return byHand(
      cause,
      [ssh, `${ssm}   (or this)`, `then ${then}`],
      `Ask from where the app runs, ${inside}; or open a tunnel, ${ssh} or ${ssm}, and run ${then}.`,
      session,
    );
  }
}

/** Of an app on instances, the first address that waits for it: a tunnel leads to one. */
async function addressOfApp(
  consumer: Consumer,
  project: Project,
): Promise<Address | Exclude<PingEvidence, ProbeReport>> {
  if (consumer.kind === 'ecs') return serviceAddress(consumer, project);
  const [target] = await targetsOf(consumer, project);
  if (!target) return NOTHING_WAITS;
  const { variables } = consumer.settings;
  const { cache } = variables.find(({ name }) => name.value === target.variable) ?? {};
  const endpointOf = await readEndpoints({ variables }, project.aws);
  return { target, endpoint: cache === undefined ? undefined : endpointOf(cache) };
}

/** Behind an emulator of AWS the names of caches lead nowhere, or to somebody else. */
function isSimulated({ inputs, env }: Session): boolean {
  const urls = [inputs.endpointUrl?.value, env.AWS_ENDPOINT_URL, env.AWS_ENDPOINT_URL_ELASTICACHE];
  return urls.some((url) => url !== undefined && URL.canParse(url) && isLoopback(new URL(url).hostname));
}

function isLoopback(host: string): boolean {
  return /^(127\.[\d.]+|(.+\.)?localhost|\[::1\])$/.test(host);
}
