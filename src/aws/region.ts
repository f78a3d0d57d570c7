/** The region, from where the AWS CLI takes it: the flag, the environment, the profile. */
import { loadConfig } from '@smithy/core/config';
import { WizardError } from '../errors.ts';

export async function resolveRegion(given: {
  region?: string | undefined;
  profile?: string | undefined;
}): Promise<string> {
  if (given.region) return given.region;
  const read = loadConfig(
    {
      // The SDK itself reads AWS_REGION alone.
      environmentVariableSelector: (env) => env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
      configFileSelector: (profile) => profile.region,
      default: '',
    },
    given.profile === undefined ? {} : { profile: given.profile },
  );
  const region = await read();
  if (region !== '') return region;
  throw new WizardError(
    'InvalidInput',
    'Choosing the region: none is named, in the environment or in the profile',
    {
      hint: 'Name it: --region us-east-1, or AWS_REGION.',
    },
  );
}
