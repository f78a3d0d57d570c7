/** What the probe's container is handed. A task definition stays readable for many, so no password is put into one. */
import type { ProbeTarget } from '../domain/probe-target.ts';
import { WizardError } from '../errors.ts';
import { probeUrl } from './probe-url.ts';

export interface Handed {
  readonly environment: Readonly<Record<string, string>>;
  /** Variables by where ECS gets them from, with the app's own execution role. */
  readonly secrets: Readonly<Record<string, string>>;
  /** A password that stands in the app's definition for all to read is not handed on. */
  readonly credentialsWithheld: boolean;
}

export function handedTo({ variable, url, password }: ProbeTarget): Handed {
  const environment = { ELASTICACHE_WIZARD_VARIABLE: variable };
  if ('valueFrom' in url) {
    return { environment, secrets: { [variable]: url.valueFrom }, credentialsWithheld: false };
  }
  const handed = probeUrl(url.value);
  if (!handed) {
    throw new WizardError(
      'InvalidInput',
      `Running the probe: ${variable} is no URL, so it may hold a password that cannot be left out`,
      { hint: `Give ${variable} the form rediss://host:port.` },
    );
  }
  const plain = { ...environment, [variable]: handed.url };
  if (!password) {
    return { environment: plain, secrets: {}, credentialsWithheld: handed.credentialsWithheld };
  }
  if ('value' in password.variable) return { environment: plain, secrets: {}, credentialsWithheld: true };
  return {
    environment: { ...plain, ELASTICACHE_WIZARD_PASSWORD: password.name },
    secrets: { [password.name]: password.variable.valueFrom },
    credentialsWithheld: handed.credentialsWithheld,
  };
}
