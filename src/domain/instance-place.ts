/** On the anchor: where the app runs that was handed the cache, and where its values wait: '/shop/web asg:shop-web'. */
import type { Ec2ConsumerSettings, InstanceSelection } from './settings.ts';

/** A path of Parameter Store, or a file on the machine that set it up, whose name nobody keeps. */
export type ValuePlace = { readonly parameterPath: string } | 'env-file';

export interface InstancePlace {
  readonly place: ValuePlace;
  readonly selection: InstanceSelection;
}

const ENV_FILE = 'env-file';

export function placeOf({ envFile, parameterPath }: Ec2ConsumerSettings): ValuePlace {
  return envFile === undefined ? { parameterPath } : ENV_FILE;
}

export function instancePlaceText({ place, selection }: InstancePlace): string {
  return `${place === ENV_FILE ? ENV_FILE : place.parameterPath} ${selectionText(selection)}`;
}

/** Undefined for a text that is none. */
export function instancePlaceOf(text: string): InstancePlace | undefined {
  const [, where = '', kind = '', name = ''] = /^(\S+) (asg|sg|instances):(.+)$/.exec(text) ?? [];
  const selection = selectionOf(kind, name);
  return selection && { place: where === ENV_FILE ? ENV_FILE : { parameterPath: where }, selection };
}

/** For people and for flags: the one thing that was named. */
export function selectedName(selection: InstanceSelection): string {
  if ('autoScalingGroup' in selection) return selection.autoScalingGroup;
  if ('securityGroup' in selection) return selection.securityGroup;
  return selection.instances.join(',');
}

function selectionText(selection: InstanceSelection): string {
  if ('autoScalingGroup' in selection) return `asg:${selection.autoScalingGroup}`;
  if ('securityGroup' in selection) return `sg:${selection.securityGroup}`;
  return `instances:${selection.instances.join(',')}`;
}

function selectionOf(kind: string, name: string): InstanceSelection | undefined {
  switch (kind) {
    case 'asg':
      return { autoScalingGroup: name };
    case 'sg':
      return { securityGroup: name };
    case 'instances':
      return { instances: name.split(',') };
    default:
      return undefined;
  }
}
