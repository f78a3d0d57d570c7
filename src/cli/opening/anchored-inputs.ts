/** How a cache of ours was set up is not said again for every command: its anchor remembers what the cache does not tell. */
import type { Aws } from '../../aws/aws.ts';
import { serviceParts } from '../../domain/arn.ts';
import { isGiven } from '../../domain/settings.ts';
import { WizardError } from '../../errors.ts';
import type { InputName, InputValue } from '../../inputs/catalogue.ts';
import { withAnswer, type Inputs } from '../../inputs/resolve.ts';
import { INSTANCE_SELECTION } from '../../inputs/rules/app.ts';
import { findProject, readAnchors, readAnchorsOfCache } from '../../survey/project.ts';

/** What is given counts; of a cache that nobody of us has set up there is nothing to remember. */
export async function withAnchored(
  inputs: Inputs,
  project: string,
  cacheName: string,
  aws: Pick<Aws, 'ec2'>,
): Promise<Inputs> {
  const anchor = (await readAnchors(aws, project)).find((each) => each.cacheName === cacheName);
  if (!anchor) return inputs;
  const { groupName, subnetGroupName, subnetGroupIsTheirs, adoptedArn, secretStores } = anchor;
  const [store, ...stores] = secretStores;
  return [
    found('securityGroupName', groupName),
    found(subnetGroupIsTheirs ? 'subnetGroup' : 'subnetGroupName', subnetGroupName),
    found('adopt', adoptedArn !== undefined),
    found('secrets', stores.length === 0 ? store : undefined),
  ].reduce((known, add) => add(known), inputs);
}

/** The one service that a project, or a cache, was set up for, where nobody says which app is meant. */
export async function withAnchoredService(inputs: Inputs, aws: Pick<Aws, 'ec2'>): Promise<Inputs> {
  const { cacheName, project } = inputs;
  if (!namesProjectAlone(inputs)) return inputs;
  const anchors = project
    ? await findProject(aws, project.value, {})
    : await readAnchorsOfCache(aws, cacheName?.value ?? '');
  const arns = [...new Set(anchors.flatMap(({ serviceArns }) => serviceArns))];
  const onInstances = anchors.some(({ instancePlaces }) => instancePlaces.length > 0);
  if (onInstances || arns.length > 1) throw untold(inputs, arns, onInstances);
  const [arn] = arns;
  if (arn === undefined) return inputs;
  const { ecsCluster, name } = serviceParts(arn);
  const [cache, ...others] = new Set(anchors.flatMap((anchor) => anchor.cacheName ?? []));
  return [
    found('service', name),
    found('ecsCluster', ecsCluster),
    // An app that was put back tells of no cache any more.
    found('cacheName', others.length === 0 ? cache : undefined),
  ].reduce((known, add) => add(known), inputs);
}

export function namesProjectAlone(inputs: Inputs): boolean {
  const isAppNamed = (['ecsCluster', 'service', ...INSTANCE_SELECTION] as const).some((name) => inputs[name]);
  return !isAppNamed && (inputs.project ?? inputs.cacheName) !== undefined;
}

function untold({ cacheName, project }: Inputs, arns: readonly string[], onInstances: boolean): WizardError {
  const name = (project ?? cacheName)?.value ?? '';
  const services = arns.map((arn) => serviceParts(arn).name);
  return new WizardError(
    'MissingInput',
    onInstances
      ? `${name} is used by an app on instances, and its name alone does not tell how that is handed its values`
      : `${name} is used by several services: ${services.join(', ')}`,
    { hint: 'Name the file of the project: --config <file>; or the app, with the flags of its setup.' },
  );
}

function found<N extends InputName>(name: N, value: InputValue<N> | undefined): (inputs: Inputs) => Inputs {
  return (inputs) => {
    const said = inputs[name];
    return value === undefined || (said && isGiven(said)) ? inputs : withAnswer(inputs, name, value, 'found');
  };
}
