/**
 * On the anchor: where the app runs that was handed the cache, and where its values wait: '/shop/web asg:shop-web', or
 * 'env-file:shop-web asg:shop-web' of those in a file.
 */
import { LONGEST_TAG_VALUE } from './limits.ts';
import type { Ec2ConsumerSettings, InstanceSelection } from './settings.ts';

/**
 * A path of Parameter Store; or a file on the machine that set the app up, whose path nobody keeps: the file says whose
 * it is. `app`: by its noted name; undefined where none was noted.
 */
export type ValuePlace = { readonly parameterPath: string } | { readonly app: string | undefined };

export interface InstancePlace {
  /** As it stands on the anchor. */
  readonly text: string;
  readonly place: ValuePlace;
  readonly selection: InstanceSelection;
}

type Placed = Pick<Ec2ConsumerSettings, 'name' | 'envFile' | 'parameterPath' | 'instances'>;

const ENV_FILE = 'env-file';

/** Names of apps hold what a tag may not, and blanks; '=' is the one character that encoding leaves free. */
export function notedName(app: string): string {
  return encodeURIComponent(app).replaceAll('%', '=');
}

export function instancePlaceText(consumer: Placed): string {
  const { name, envFile, parameterPath, instances } = consumer;
  if (envFile === undefined) return `${parameterPath} ${selectionText(instances)}`;
  const named = `${ENV_FILE}:${notedName(name)} ${selectionText(instances)}`;
  return named.length > LONGEST_TAG_VALUE ? unnamedPlaceText(consumer) : named;
}

/** All that may stand on the anchor for it: of a file, earlier versions noted no name. */
export function instancePlaceTexts(consumer: Placed): string[] {
  const text = instancePlaceText(consumer);
  return consumer.envFile === undefined ? [text] : [text, unnamedPlaceText(consumer)];
}

/** Each app once: what an earlier version noted of it no longer counts beside its name. */
export function instancePlacesOf(texts: readonly string[]): InstancePlace[] {
  const all = texts.flatMap((text) => instancePlaceOf(text) ?? []);
  const named = new Set(
    all.flatMap(({ place, selection }) =>
      'app' in place && place.app !== undefined ? [selectionText(selection)] : [],
    ),
  );
  return all.filter(
    ({ place, selection }) =>
      'parameterPath' in place || place.app !== undefined || !named.has(selectionText(selection)),
  );
}

/** Undefined for a text that is none. */
function instancePlaceOf(text: string): InstancePlace | undefined {
  const [, where = '', kind = '', name = ''] = /^(\S+) (asg|sg|instances):(.+)$/.exec(text) ?? [];
  const selection = selectionOf(kind, name);
  return selection && { text, place: valuePlaceOf(where), selection };
}

function valuePlaceOf(where: string): ValuePlace {
  if (where === ENV_FILE) return { app: undefined };
  const prefix = `${ENV_FILE}:`;
  return where.startsWith(prefix) ? { app: where.slice(prefix.length) } : { parameterPath: where };
}

function unnamedPlaceText({ instances }: Pick<Placed, 'instances'>): string {
  return `${ENV_FILE} ${selectionText(instances)}`;
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
