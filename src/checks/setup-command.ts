/** The `setup` that mends what an app is handed; none where it would do more than that, or could not say it all. */
import { anchoredArns, PROJECT_TAG } from '../domain/ownership.ts';
import { cachesOf } from '../domain/consumer.ts';
import { PROFILES, templatesOf } from '../domain/delivery.ts';
import { setupCommand } from '../domain/mending.ts';
import { isGiven, type Auth, type CacheSettings, type VariableSettings } from '../domain/settings.ts';
import { commandText } from '../domain/shell-word.ts';
import { WizardError } from '../errors.ts';
import type { CheckContext } from './context.ts';

export type MendedApp = Pick<CheckContext, 'aws' | 'app' | 'consumer' | 'settings' | 'where'>;

/** As `fix` of an answer takes it. A cache that is gone is made anew; one that others have made is taken on. */
export async function mending(
  context: MendedApp,
  cacheIs: 'there' | 'gone' = 'there',
): Promise<{ readonly fix?: string }> {
  const { app, consumer, settings, where } = context;
  const [cacheName, ...others] = cachesOf(consumer);
  const cache = settings.caches.find(({ name }) => name === cacheName);
  if (!cache || others.length > 0) return {};
  const delivery = deliveryOf(consumer.variables, cache.auth.value, app.container);
  const history = await historyOf(context);
  if (!delivery || !history) return {};
  const clustered = await clusterWords(cache, context);
  if (!clustered) return {};
  // Of a password that others have made, nobody knows where they keep it.
  const isTheirs = history === 'theirs';
  if (isTheirs && (delivery.variable === undefined || cache.auth.value !== 'none')) return {};
  const naming = {
    project: settings.project,
    ecsCluster: consumer.ecsCluster,
    service: consumer.service,
    cacheName: cache.name,
    stickiness: !isTheirs && history.stickiness,
    variable: delivery.variable,
    where,
  };
  return {
    fix: commandText(
      setupCommand(naming, [
        ...delivery.words,
        ...clustered,
        ...(isTheirs && cacheIs === 'there' ? ['--adopt'] : []),
      ]),
    ),
  };
}

/** Of a cache in cluster mode, whether the app’s client is one for it has to be said: else setup would not go on. */
async function clusterWords(cache: CacheSettings, { aws }: MendedApp): Promise<string[] | undefined> {
  const living = await aws.caches.read(cache.name);
  if (cache.kind === 'serverless' || living?.clusterMode !== 'enabled') return [];
  return isGiven(cache.clusterMode) ? ['--cluster-mode', cache.clusterMode.value] : undefined;
}

interface Delivery {
  readonly variable: string | undefined;
  readonly words: readonly string[];
}

/** What flags can say: one variable with the URL, or just those of a profile. */
function deliveryOf(
  variables: readonly VariableSettings[],
  auth: Auth,
  container: string,
): Delivery | undefined {
  if (variables.some((variable) => (variable.container ?? container) !== container)) return undefined;
  const [only, ...more] = variables;
  if (more.length === 0)
    return only?.template === '{url}' ? { variable: only.name.value, words: [] } : undefined;
  const profile = PROFILES.find((each) => {
    const templates = templatesOf(each, auth);
    return (
      variables.length === Object.keys(templates).length &&
      variables.every(({ name, template }) => templates[name.value] === template)
    );
  });
  return profile && { variable: undefined, words: ['--env-profile', profile] };
}

/** What this tool has done to the service; undefined where it may not look. */
export async function historyOf({
  aws,
  app,
  settings,
}: Pick<MendedApp, 'aws' | 'app' | 'settings'>): Promise<
  { readonly stickiness: boolean } | 'theirs' | undefined
> {
  try {
    const anchors = await aws.ec2.describeSecurityGroups({ tags: { [PROJECT_TAG]: settings.project } });
    const ours = anchors.filter(({ tags }) => anchoredArns(tags, 'service').includes(app.service.serviceArn));
    if (ours.length === 0) return 'theirs';
    return { stickiness: ours.some(({ tags }) => anchoredArns(tags, 'target-group').length > 0) };
  } catch (error) {
    if (error instanceof WizardError) return undefined;
    throw error;
  }
}
