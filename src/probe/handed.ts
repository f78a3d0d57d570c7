/** What the probe's container is handed. A task definition stays readable for many, so no password is put into one. */
import type { ProbeTarget } from '../domain/probe-target.ts';
import { WizardError } from '../errors.ts';
import type { Variable } from '../domain/task-definition.ts';
import { probeUrl } from './probe-url.ts';

export interface Handed {
  readonly environment: Readonly<Record<string, string>>;
  /** Variables by where ECS gets them from, with the app's own execution role. */
  readonly secrets: Readonly<Record<string, string>>;
  /** A password that stands in the app's definition for all to read is not handed on. */
  readonly credentialsWithheld: boolean;
}

export function handedTo(target: ProbeTarget): Handed {
  const { environment, secrets, credentialsWithheld } = handedUrl(target);
  const { password, tls } = target;
  const named = {
    ...environment,
    ...(tls ? { ELASTICACHE_WIZARD_TLS: '1' } : {}),
  };
  if (!password || isEmpty(password.variable)) return { environment: named, secrets, credentialsWithheld };
  if ('value' in password.variable) return { environment: named, secrets, credentialsWithheld: true };
  return {
    environment: { ...named, ELASTICACHE_WIZARD_PASSWORD: password.name },
    secrets: { ...secrets, [password.name]: password.variable.valueFrom },
    credentialsWithheld,
  };
}

function handedUrl({ variable, url }: ProbeTarget): Handed {
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
  const { credentialsWithheld } = handed;
  return { environment: { ...environment, [variable]: handed.url }, secrets: {}, credentialsWithheld };
}

function isEmpty(variable: Variable): boolean {
  return 'value' in variable && variable.value === '';
}
