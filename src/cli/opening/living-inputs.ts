/** What nobody gave is as it is: of the cache that is there, and of the variables that the app has. */
import type { Aws } from '../../aws/aws.ts';
import type { App } from '../../domain/app.ts';
import { profileOf } from '../../domain/delivery.ts';
import { isGiven } from '../../domain/settings.ts';
import { variablesIn } from '../../domain/task-definition.ts';
import type { ConfiguredVariable } from '../../inputs/config-file.ts';
import { withAnswer, type Inputs } from '../../inputs/resolve.ts';
import type { Session } from '../session.ts';
import type { Account } from './account.ts';
import { findCacheInUse } from './cache-in-use.ts';

/** Of a cache that is there, what nobody gave is as it is: which kind it is, and whether it asks for a password. */
export async function withLivingCache(inputs: Inputs, name: string, { caches }: Aws): Promise<Inputs> {
  const { auth, serverless } = inputs;
  if (isGiven(auth) && isGiven(serverless)) return inputs;
  const living = await caches.read(name);
  if (!living) return inputs;
  const asIs = isGiven(auth) ? inputs : withAnswer(inputs, 'auth', living.auth, 'found');
  return isGiven(serverless) ? asIs : withAnswer(asIs, 'serverless', living.kind === 'serverless', 'found');
}

/** What is looked at is what the app has, unless somebody says which variables are meant. */
export async function withWhatIsInUse(
  { inputs, asker }: Session,
  app: App,
  { aws }: Account,
  looking: boolean,
): Promise<{ readonly inputs: Inputs; readonly variables: readonly ConfiguredVariable[] }> {
  const { cacheName } = inputs;
  const isSaid = areVariablesSaid(inputs);
  if (!looking || (isSaid && cacheName)) return { inputs: withProfileInUse(inputs, app), variables: [] };
  const inUse = await findCacheInUse(app, cacheName?.value, aws, asker);
  const found =
    inUse.cacheName === undefined || cacheName
      ? inputs
      : withAnswer(inputs, 'cacheName', inUse.cacheName, 'found');
  const variables = isSaid
    ? []
    : inUse.variables.map(({ container, name, template }) => ({ container, name, template }));
  return { inputs: variables.length > 0 ? found : withProfileInUse(found, app), variables };
}

function areVariablesSaid({ envProfile, envTls, envVar }: Inputs): boolean {
  return envProfile !== undefined || envTls !== undefined || isGiven(envVar);
}

/** An app that has the variables of a profile reads those, unless somebody says which it reads. */
function withProfileInUse(inputs: Inputs, { taskDefinition, container }: App): Inputs {
  if (inputs.envProfile || isGiven(inputs.envVar)) return inputs;
  const own = variablesIn(taskDefinition.document).filter((variable) => variable.container === container);
  const profile = profileOf(own.map(({ name }) => name));
  return profile === undefined || profile === 'url'
    ? inputs
    : withAnswer(inputs, 'envProfile', profile, 'found');
}
