/** `help exit-codes`, `help environment`: what belongs to no single command. */
import { CATALOGUE } from '../inputs/catalogue.ts';
import { flagOf, variableOf } from '../inputs/input.ts';

const EXIT_CODES = `How a command ends:

  0    done
  1    an operation failed, or somebody else deployed meanwhile
  2    wrong or missing input, an unknown service too: nothing was changed
  3    credentials or permission; the missing action is named
  4    blocked: not ours, only a replacement would do, a controller that cannot be driven,
       a deployment or another run in progress, a quota
  5    timed out; what AWS has begun goes on, and the same command goes on from there
  6    a check failed; with --strict also when one was inconclusive, or when status sees drift
  7    the new revision did not become healthy; rolledBack in the result says where the service is
  10   changes are pending (plan --exit-code)
  130  declined, or interrupted by Ctrl-C
  143  terminated
`;

const OTHERS = `Variables of others that count:

  AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, ...   as for every tool that speaks to AWS
  AWS_ENDPOINT_URL   another endpoint, such as that of elasticache-wizard sandbox
  CI                 set and not false: nothing is asked, and a line is written where a terminal would be redrawn
  NO_COLOR           set and not empty: no colour, whatever else is said
  FORCE_COLOR, CLICOLOR_FORCE   set and not 0: colour also in a file or a pipe
  TERM=dumb          no colour, and nothing is redrawn; questions are asked all the same
  GITHUB_STEP_SUMMARY   with --format github: the file to which the summary of the job is added

For a screen reader, --progress events writes a line for each piece of news and redraws nothing;
with --progress errors-only there are only warnings, failures, the result, and a sign of life each
minute. A terminal that has no other letters than ASCII gets those.
`;

const TOPICS: Readonly<Record<string, () => string>> = {
  'exit-codes': () => EXIT_CODES,
  environment,
};

export const HELP_TOPICS: readonly string[] = Object.keys(TOPICS);

/** Undefined: it is no topic, and may be a command. */
export function helpTopic(name: string | undefined): string | undefined {
  return name === undefined ? undefined : TOPICS[name]?.();
}

/** A flag comes before its variable, a variable before the config file. */
function environment(): string {
  const variables = Object.keys(CATALOGUE).map((name) => ({
    variable: variableOf(name),
    flag: flagOf(name),
  }));
  const width = Math.max(...variables.map(({ variable }) => variable.length));
  const lines = variables.map(({ variable, flag }) => `  ${variable.padEnd(width)}  ${flag}`);
  return `Each flag may come from a variable; the flag itself comes first. Empty counts as not set, lists are
separated by commas (several headers or files by line breaks), and true or false stand for a switch.

${lines.join('\n')}

${OTHERS}`;
}
