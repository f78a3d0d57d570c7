/** Apps on instances that a project has: found by what the anchors say, and told of where nobody restarts them. */
import type { Aws } from '../../aws/aws.ts';
import { nameOf } from '../../domain/arn.ts';
import type { RunningInstances } from '../../domain/instance-app.ts';
import { instancePlacesOf, selectedName, type InstancePlace } from '../../domain/instance-place.ts';
import { anchoredNumber, restartDueTag } from '../../domain/ownership.ts';
import type { InstanceSelection } from '../../domain/settings.ts';
import { WizardError } from '../../errors.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { selectionOf } from '../../inputs/settings.ts';
import type { ResultInstances } from '../../output/result.ts';
import { shareEnvFiles } from '../../resources/instances/named-env-files.ts';
import { listOwnParameters } from '../../resources/instances/parameters-way-back.ts';
import { restartDue } from '../../resources/instances/restart-due.ts';
import type { UndoneInstances } from '../../resources/way-back.ts';
import { readInstancesLeft } from '../../survey/instances.ts';
import type { Anchor } from '../../survey/project.ts';
import type { Session } from '../session.ts';

/** Known without AWS; by an id nobody knows what the project was called after. */
export function nameOfInstances({
  autoScalingGroup,
  instanceSecurityGroup,
  instance,
}: Inputs): string | undefined {
  const [first, ...others] = instance?.value ?? [];
  const name =
    autoScalingGroup?.value ?? instanceSecurityGroup?.value ?? (others.length > 0 ? undefined : first);
  return name === undefined || /^(sg|i)-[0-9a-f]+$/.test(name) ? undefined : name;
}

/** An app that several caches were handed to stands on the anchor of each; the first one keeps how far its restart is. */
export async function readInstanceApps(
  aws: Aws,
  project: string,
  anchors: readonly Anchor[],
  session: Pick<Session, 'inputs' | 'configured' | 'emit'>,
): Promise<UndoneInstances[]> {
  const texts = [...new Set(anchors.flatMap(({ instancePlaces }) => instancePlaces))];
  const known = instancePlacesOf(texts).map((each) => ({ ...each, said: inputsOf(each.selection, session) }));
  const envFiles = envFilesOf(known, project, session);
  const found = await Promise.all(
    known.map(async ({ text, place, selection, said: { restartCommand } }) => {
      const [where] = anchors.flatMap(({ groupId, tags }) => {
        const n = anchoredNumber(tags, 'instances', text);
        return n === undefined ? [] : [{ groupId, key: restartDueTag(n) }];
      });
      if (!where) return [];
      return [
        {
          name: selectedName(selection),
          place,
          app: await readInstancesOf(aws, selection, session.emit),
          due: restartDue(where.groupId, where.key, aws.ec2),
          envFiles: envFiles.get(text) ?? [],
          restartCommand: restartCommand?.value,
        },
      ];
    }),
  );
  return found.flat();
}

/** A config file says of each app which is its file; of those that flags name, each file says it. */
function envFilesOf(
  apps: readonly (InstancePlace & { readonly said: Inputs })[],
  project: string,
  { inputs }: Pick<Session, 'inputs'>,
): ReadonlyMap<string, readonly string[]> {
  const inFiles = apps.flatMap(({ text, place, said }) => ('app' in place ? [{ text, place, said }] : []));
  const isConfigured = ({ said }: (typeof inFiles)[number]): boolean =>
    said !== inputs && said.envFile?.origin === 'config';
  const configured = inFiles
    .filter(isConfigured)
    .map(({ text, said }) => ({ text, files: said.envFile?.value ?? [] }));
  const flagged = inFiles.filter((each) => !isConfigured(each));
  const taken = configured.flatMap(({ files }) => files);
  const shares = shareEnvFiles(
    (inputs.envFile?.value ?? []).filter((file) => !taken.includes(file)),
    flagged.map(({ place }) => place.app),
    project,
  );
  return new Map([
    ...configured.map(({ text, files }) => [text, files] as const),
    ...flagged.map(({ text }, index) => [text, shares[index] ?? []] as const),
  ]);
}

/** A config file says of each app on its own how it is restarted; without one the flags say it. */
function inputsOf(
  selection: InstanceSelection,
  { inputs, configured }: Pick<Session, 'inputs' | 'configured'>,
): Inputs {
  const said = configured?.consumers.find((consumer) => {
    const own = selectionOf(consumer.inputs);
    return own !== undefined && selectedName(own) === selectedName(selection);
  });
  return said?.inputs ?? inputs;
}

/** Undefined where none runs any more, with their group or alone. */
async function readInstancesOf(
  aws: Aws,
  selection: InstanceSelection,
  emit: Session['emit'],
): Promise<RunningInstances | undefined> {
  try {
    const { running, others } = await readInstancesLeft(aws, selection);
    if (others.length > 0) {
      const message = `Not all instances of ${selectedName(selection)} run, and those are left out: ${others.join(', ')}`;
      emit({ type: 'warning', code: 'instances.left-out', message });
    }
    return running;
  } catch (error) {
    if (error instanceof WizardError && error.code === 'NotFound') return undefined;
    throw error;
  }
}

/** Those whose values are gone, and whom nobody restarted. */
export async function restartsByHand(
  instanceApps: readonly UndoneInstances[],
  { emit }: Session,
): Promise<string[]> {
  const due = await Promise.all(
    instanceApps.map(async (each) => (each.app && (await each.due.read()) !== undefined ? [each.name] : [])),
  );
  return due.flat().map((name) => {
    const message = `${name} still runs with the cache's address: restart it`;
    emit({ type: 'warning', code: 'restart.needed', message });
    return `restart ${name}   (it runs with what it was started with)`;
  });
}

export function readInstanceConsumers(
  instanceApps: readonly UndoneInstances[],
  project: string,
  aws: Aws,
): Promise<ResultInstances[]> {
  return Promise.all(
    instanceApps.map(async ({ name, app, place }): Promise<ResultInstances> => {
      const left = 'parameterPath' in place ? await listOwnParameters(place.parameterPath, project, aws) : [];
      return {
        kind: 'ec2',
        name,
        instances: (app?.instances ?? []).map(({ instanceId }) => instanceId),
        variables: left.map((parameter) => ({ name: nameOf(parameter), place: 'parameter-store' })),
        restarted: null,
      };
    }),
  );
}
