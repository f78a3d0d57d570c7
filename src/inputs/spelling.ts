/** How an input is called where it was said: by its flag, its variable, or its place in the config file. */
import { isGiven } from '../domain/settings.ts';
import type { InputName } from './catalogue.ts';
import { placeOf, type Sections } from './config-keys.ts';
import { flagOf, variableOf } from './input.ts';
import type { Inputs } from './resolve.ts';

type Value = string | number | boolean;

export interface Spelling {
  /** `--replicas`, `ELASTICACHE_WIZARD_REPLICAS` or `caches[0].replicas`. */
  readonly name: (input: InputName) => string;
  /** With the value that it has: `--replicas 0`, `--no-multi-az`, `caches[0].multiAz: false`. */
  readonly said: (input: InputName) => string;
  /** With another: what to write instead. */
  readonly say: (input: InputName, value: Value) => string;
  /** What brought the value about: the input itself, or the one that its default follows from. */
  readonly because: (input: InputName) => string;
}

/** `sections`: where the entries of a config file stand that these inputs come from; absent without one. */
export function spellingOf(inputs: Inputs, sections?: Sections): Spelling {
  const name = (input: InputName): string => {
    const origin = inputs[input]?.origin;
    if (origin === 'environment') return variableOf(input);
    return (origin === 'flag' ? undefined : inFile(input)) ?? flagOf(input);
  };
  const say = (input: InputName, value: Value): string => {
    const place = inFile(input);
    return place === undefined ? asFlag(input, value) : `${place}: ${value}`;
  };
  const said = (input: InputName): string => {
    const { value, origin } = inputs[input] ?? {};
    if (value === undefined || typeof value === 'object') return name(input);
    if (origin === 'environment') return `${name(input)}=${value}`;
    return origin === 'flag' ? asFlag(input, value) : say(input, value);
  };
  const because = (input: InputName): string => {
    const { [input]: value, preset, workload } = inputs;
    if (value && isGiven(value)) return said(input);
    if (isGiven(preset)) return said('preset');
    return workload ? said('workload') : name(input);
  };
  const inFile = (input: InputName): string | undefined => sections && placeOf(input, sections);
  return { name, said, say, because };
}

function asFlag(input: InputName, value: Value): string {
  const flag = flagOf(input);
  if (typeof value !== 'boolean') return `${flag} ${value}`;
  return value ? flag : flag.replace('--', '--no-');
}
