/** What the AWS CLI makes of a command as `verify` prints it: the call, with its input. */
import type { AccountCall } from './account-calls.ts';

type Value = string | number | boolean | Value[] | { readonly [member: string]: Value };

/** One after another, as a shell runs them that are joined by `&&`. */
export async function typeIn(commands: string, call: AccountCall): Promise<void> {
  for (const command of commands.split(' && ')) {
    const words = (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/s, '$1'));
    const [tool, service = '', verb = '', ...flags] = words;
    if (tool !== 'aws') throw new Error(`no command of the AWS CLI: ${command}`);
    await call(NAMES[service] ?? service, pascal(verb), inputOf(flags, service === 'ecs' ? camel : pascal));
  }
}

/** Where the CLI has another name for a service than its endpoint. */
const NAMES: Readonly<Record<string, string>> = { elbv2: 'elasticloadbalancing' };
/** Flags that take several values, each of pairs of texts. */
const PAIRS: readonly string[] = ['--attributes', '--parameter-name-values'];

function inputOf(words: readonly string[], spelled: (kebab: string) => string): Record<string, Value> {
  const flags = words.flatMap((word, at) => (word.startsWith('--') ? [at] : []));
  const lists = flags.map((at, index) => [words[at] ?? '', words.slice(at + 1, flags[index + 1])] as const);
  const given = new Map(lists.map(([flag, values]) => [flag, values[0] ?? '']));
  given.delete('--region');
  const input = ['--port', '--source-group'].every((flag) => given.has(flag)) ? rule(given) : {};
  for (const [flag, values] of lists) {
    const value = given.get(flag);
    if (value === undefined) continue;
    if (flag === '--ingress' || flag === '--egress') input['Egress'] = flag === '--egress';
    else if (flag === '--ip-permissions') input['IpPermissions'] = [shorthand(`{${value}}`)];
    else if (values.length === 0) input[spelled(flag.slice(2))] = true;
    else input[spelled(flag.slice(2))] = PAIRS.includes(flag) ? values.map(pairsOf) : valueOf(value);
  }
  return input;
}

/** The AWS CLI's own short form of `--ip-permissions`. */
function rule(given: Map<string, string>): Record<string, Value> {
  const [From = '', To = From] = (given.get('--port') ?? '').split('-');
  const UserIdGroupPairs = [{ GroupId: given.get('--source-group') ?? '' }];
  const IpProtocol = given.get('--protocol') ?? '';
  for (const flag of ['--protocol', '--port', '--source-group']) given.delete(flag);
  return { IpPermissions: [{ IpProtocol, FromPort: Number(From), ToPort: Number(To), UserIdGroupPairs }] };
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=') as [string, string]));
}

function valueOf(text: string): Value {
  return text.includes('=') ? shorthand(`{${text}}`) : text;
}

/** The AWS CLI's shorthand syntax: `A=1,B=[{C=x}]`. */
function shorthand(text: string): Value {
  const json = text.replace(/(\w+)=/g, '"$1":').replace(/([:[,])(?!")([^[\]{},"]+)(?=[,\]}])/g, '$1"$2"');
  return JSON.parse(json, (_, value: Value) =>
    typeof value === 'string' && /^\d+$|^true$|^false$/.test(value) ? (JSON.parse(value) as Value) : value,
  ) as Value;
}

function pascal(kebab: string): string {
  return kebab.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function camel(kebab: string): string {
  return kebab.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
