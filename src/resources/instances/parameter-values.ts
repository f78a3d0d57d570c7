/**
 * Values in Parameter Store, one parameter each. A tag tells the version that the instances were last restarted with,
 * so that a run which goes on after an interruption knows what is left to do, and what to go back to.
 */
import { isBlocked, type Blocked } from '../../domain/change.ts';
import { createHash } from 'node:crypto';
import type { Parameters, StoredParameter } from '../../aws/parameters.ts';
import { foreign, ownerOf, ownershipTags, RESTARTED_TAG, type Tags } from '../../domain/ownership.ts';
import type { Ec2ConsumerSettings, Settings } from '../../domain/settings.ts';
import type { Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { isSame, type InstanceValue, type ValueStore } from './value-store.ts';

/**
 * Parameter Store keeps no empty value. A space is lost again where a start script makes lines of an environment file
 * of them (systemd.exec(5), EnvironmentFile), and by apps that trim what they read.
 */
const EMPTY = ' ';
/** The instances were never restarted with any version. */
const NONE = '0';

interface Ours extends StoredParameter {
  readonly tags: Tags;
}

export function parameterValues(
  { parameterPath, variables, restartCommand }: Ec2ConsumerSettings,
  { project, tags: userTags }: Pick<Settings, 'project' | 'tags'>,
  parameters: Parameters,
): ValueStore {
  const names = variables.map(({ name }) => name.value);
  const placeOf = (variable: string): string => `${parameterPath}/${variable}`;
  /** As they were before this run wrote them; undefined: not there. */
  const before = new Map<string, Ours | undefined>();

  async function readOurs(name: string): Promise<Ours | Blocked | undefined> {
    const place = placeOf(name);
    const found = await parameters.read(place);
    if (!found) return undefined;
    const tags = await parameters.readTags(place);
    const owner = ownerOf(tags, project, place);
    return owner === 'ours'
      ? { ...found, tags }
      : foreign(`The parameter ${place}`, owner, tags, '--parameter-path');
  }

  async function requireOurs(name: string): Promise<Ours | undefined> {
    const found = await readOurs(name);
    if (isBlocked(found)) throw new WizardError('NotOurs', found.reason, { hint: found.hint });
    return found;
  }

  /** Without a command nobody tells when the instances have the values, and no version counts as theirs. */
  async function change({ name, value, secret }: InstanceValue, now: Ours | undefined): Promise<void> {
    const place = placeOf(name);
    const text = value === '' ? EMPTY : value;
    if (!before.has(name)) before.set(name, now);
    if (now?.secret === secret) {
      if (restartCommand !== undefined && now.tags[RESTARTED_TAG] === undefined)
        await parameters.tag(place, { [RESTARTED_TAG]: String(now.version) });
      await parameters.overwrite(place, text, secret);
      return;
    }
    if (now) await parameters.delete(place);
    await parameters.create(place, text, secret, {
      ...userTags,
      ...ownershipTags(project, place),
      ...(restartCommand === undefined ? {} : { [RESTARTED_TAG]: NONE }),
    });
  }

  function write(wanted: InstanceValue, step: Pick<Step, 'wait'>): Promise<void> {
    let written = false;
    return step.wait<undefined>({
      what: `the parameter ${placeOf(wanted.name)} to be there`,
      everyMs: 2_000,
      timeoutMs: 60_000,
      probe: async () => {
        const now = await requireOurs(wanted.name);
        if (now && isSame(wanted, asValue(wanted.name, now))) return { state: 'ready', value: undefined };
        if (!written) await change(wanted, now);
        written = true;
        return { state: 'pending', detail: 'not visible yet' };
      },
    });
  }

  /** Undefined where nobody knows. */
  async function readEarlier(name: string, now: Ours): Promise<StoredParameter | 'not there' | undefined> {
    const mark = now.tags[RESTARTED_TAG];
    if (mark !== undefined && mark !== NONE) return parameters.read(placeOf(name), Number(mark));
    if (before.has(name)) return before.get(name) ?? 'not there';
    return mark === NONE ? 'not there' : undefined;
  }

  async function putBack(name: string): Promise<boolean> {
    const now = await requireOurs(name);
    if (!now || now.tags[RESTARTED_TAG] === String(now.version)) return true;
    const earlier = await readEarlier(name, now);
    if (!earlier) return false;
    if (earlier === 'not there') await parameters.delete(placeOf(name));
    else if (earlier.value !== now.value || earlier.secret !== now.secret)
      await change({ name, value: earlier.value, secret: earlier.secret }, now);
    return true;
  }

  return {
    placeOf,

    async read() {
      const found = await Promise.all(names.map(readOurs));
      const blocked = found.find(isBlocked);
      if (blocked) return blocked;
      const values = new Map<string, InstanceValue>();
      const versions: unknown[] = [];
      let restarted = found.every((each) => each !== undefined);
      for (const [index, each] of found.entries()) {
        const name = names[index];
        if (!each || isBlocked(each) || name === undefined) continue;
        values.set(name, asValue(name, each));
        versions.push([name, each.version, each.changedAt]);
        restarted &&= each.tags[RESTARTED_TAG] === String(each.version);
      }
      const stamp = createHash('sha256').update(JSON.stringify(versions)).digest('hex').slice(0, 16);
      return { values, restarted, stamp };
    },

    async write(values, step) {
      // One after another: AWS takes few writes a second.
      for (const value of values) await write(value, step);
    },

    async markRestarted() {
      for (const name of names) {
        const now = await requireOurs(name);
        if (now && now.tags[RESTARTED_TAG] !== String(now.version))
          await parameters.tag(placeOf(name), { [RESTARTED_TAG]: String(now.version) });
      }
    },

    async putBack() {
      let known = true;
      for (const name of names) known = (await putBack(name)) && known;
      return known;
    },
  };
}

function asValue(name: string, { value, secret }: StoredParameter): InstanceValue {
  return { name, value: value === EMPTY ? '' : value, secret };
}
