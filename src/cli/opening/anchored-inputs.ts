/** How a cache of ours was set up is not said again for every command: its anchor remembers what the cache does not tell. */
import type { Aws } from '../../aws/aws.ts';
import { isGiven } from '../../domain/settings.ts';
import type { InputName, InputValue } from '../../inputs/catalogue.ts';
import { withAnswer, type Inputs } from '../../inputs/resolve.ts';
import { readAnchors } from '../../survey/project.ts';

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

function found<N extends InputName>(name: N, value: InputValue<N> | undefined): (inputs: Inputs) => Inputs {
  return (inputs) => {
    const said = inputs[name];
    return value === undefined || (said && isGiven(said)) ? inputs : withAnswer(inputs, name, value, 'found');
  };
}
