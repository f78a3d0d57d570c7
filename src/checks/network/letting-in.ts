/** What the cache has changed about whom it lets in, where the app has what was made for it: the command that undoes it. */
import { ACCESS_STRING, userIdOf } from '../../domain/access.ts';
import { isKeptFromOurKeys } from '../../domain/ping.ts';
import type { Remedy } from '../../domain/check.ts';
import { awsCommand } from '../../domain/mending.ts';
import type { ProbeReport } from '../../domain/probe-report.ts';
import { passwordName, refersTo, secretVariablesOf } from '../../domain/secrets.ts';
import type { CacheSettings, SecretStore } from '../../domain/settings.ts';
import { commandText } from '../../domain/shell-word.ts';
import { variableOf } from '../../domain/task-definition.ts';
import type { CheckContext } from '../context.ts';

type Context = Pick<CheckContext, 'aws' | 'app' | 'consumer' | 'settings' | 'where'>;

/** Undefined: it is not the cache's side that is to be mended. */
export async function lettingIn(report: ProbeReport, context: Context): Promise<Remedy | undefined> {
  const { settings, aws, where } = context;
  const told = report.stages.find(({ ok }) => !ok)?.detail ?? '';
  const cache = settings.caches.find(({ name }) => name === ourSecretOf(report, context)?.cache);
  if (!cache) return undefined;
  const living = await aws.caches.read(cache.name);
  if (living?.auth === 'token' && /WRONGPASS/.test(told)) return acceptAgain(cache, context);
  if (living?.auth !== 'rbac' || !/NOPERM/.test(told) || isKeptFromOurKeys(report)) return undefined;
  const userId = userIdOf(cache.name);
  if (!(await aws.access.readUser(userId))) return undefined;
  const modify = ['elasticache', 'modify-user', '--user-id', userId, '--access-string', ACCESS_STRING];
  return { fix: commandText(awsCommand(where, ...modify)) };
}

function ourSecretOf({ variable: name }: ProbeReport, { consumer, settings, app }: Context) {
  return secretVariablesOf(consumer, settings.caches, settings.project).find((secret) => {
    const variable = variableOf(app.taskDefinition.document, secret.container, secret.name);
    return (
      secret.name === name && variable && 'valueFrom' in variable && refersTo(variable.valueFrom, secret)
    );
  });
}

/**
 * Beside the one that somebody has set, so that nobody is cut off (ElastiCache user guide, "Authenticating with the AUTH
 * command": ROTATE). The token goes through a pipe: an argument is seen by every process of the machine.
 */
function acceptAgain({ name, secretStore }: CacheSettings, { settings, where }: Context): Remedy {
  const secret = passwordName(secretStore, settings.project, name);
  const read = commandText(awsCommand(where, ...READING[secretStore](secret), '--output', 'text'));
  const modify = ['elasticache', 'modify-replication-group', '--replication-group-id', name];
  const token = ['--auth-token', 'file:///dev/stdin', '--auth-token-update-strategy', 'ROTATE'];
  const accept = commandText(awsCommand(where, ...modify, ...token, '--apply-immediately'));
  return {
    means: `The app has the token that ${secret} keeps: the cache was given another by hand`,
    fix: `${read} | tr -d '\\n' | ${accept}`,
  };
}

const READING: Readonly<Record<SecretStore, (name: string) => readonly string[]>> = {
  secretsmanager: (name) => [
    ...['secretsmanager', 'get-secret-value', '--secret-id', name],
    ...['--query', 'SecretString'],
  ],
  ssm: (name) => [
    ...['ssm', 'get-parameter', '--name', name, '--with-decryption'],
    ...['--query', 'Parameter.Value'],
  ],
};
