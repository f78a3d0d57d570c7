/** The probe as a shell script for an instance. No password is in it: it is read on the instance, as the app reads it. */
import type { ProbeRuntime } from '../domain/probe-report.ts';
import type { Handed } from './handed.ts';

/** Commands are readable in the account for 30 days; what reads the parameter is the instance's own role. */
export const UNREADABLE = 30;
const END = 'END_OF_ELASTICACHE_WIZARD_PROBE';

/** Prints which of the programs there are. */
export const WHICH_RUNTIMES: readonly string[] = [
  'for program in node python3 sh; do',
  '  if command -v "$program" >/dev/null 2>&1; then echo "$program"; fi',
  'done',
];

export function probeScript(
  runtime: ProbeRuntime,
  program: string,
  { environment, secrets }: Pick<Handed, 'environment' | 'secrets'>,
): string[] {
  return [
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`),
    ...Object.entries(secrets).flatMap(([name, parameter]) => [
      `${name}=$(aws ssm get-parameter --name ${quoted(parameter)} --with-decryption --query Parameter.Value --output text) || exit ${UNREADABLE}`,
      `export ${name}`,
    ]),
    'folder=$(mktemp -d) || exit 31',
    `trap 'rm -rf "$folder"' EXIT`,
    `cat > "$folder/probe" <<'${END}'`,
    ...program.trimEnd().split('\n'),
    END,
    `${runtime} "$folder/probe"`,
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
