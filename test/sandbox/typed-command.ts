/** What the AWS CLI makes of a command as `verify` prints it: the call, with its input. */
import type { AccountCall } from './account-calls.ts';

type Value = string | number | boolean | Value[] | { readonly [member: string]: Value };

/** One after another, as a shell runs them that are joined by `&&`. */
export async function typeIn(commands: string, call: AccountCall): Promise<void> {
  for (const command of commands.split(' && ')) {
    const words = (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/s, '$1'));
    const [tool, service = '', verb = '', ...flags] = words;
    if (tool !== 'aws') throw new Error(`no command of the AWS CLI: ${command}`);
    await call(service, pascal(verb), inputOf(flags));
  }
}

function inputOf(flags: readonly string[]): Record<string, Value> {
  const given = new Map<string, string>();
  for (const [at, flag] of flags.entries()) {
    if (flag.startsWith('--')) given.set(flag, flags[at + 1] ?? '');
  }
  given.delete('--region');
  const input = ['--port', '--source-group'].every((flag) => given.has(flag)) ? rule(given) : {};
  for (const [flag, value] of given) {
    if (flag === '--ingress' || flag === '--egress') input['Egress'] = flag === '--egress';
    else if (flag === '--ip-permissions') input['IpPermissions'] = [shorthand(`{${value}}`)];
    else input[pascal(flag.slice(2))] = valueOf(value);
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
