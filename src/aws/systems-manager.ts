/** What of Systems Manager is used, on one client. */
import type { Clock } from '../clock.ts';
import type { Gateways } from './aws.ts';
import { parameterStore, patiently, type SendSsm } from './parameter-store.ts';
import { parametersGateway } from './parameters-gateway.ts';
import type { Secrets } from './secrets.ts';
import { ssmCommandsGateway } from './ssm-commands-gateway.ts';
import { ssmGateway } from './ssm-gateway.ts';
import { ssmSecretsGateway } from './ssm-secrets-gateway.ts';
import { ssmSessionsGateway } from './ssm-sessions-gateway.ts';

export { SSMClient } from '@aws-sdk/client-ssm';

export type SystemsManager = Pick<Gateways, 'ssm' | 'parameters' | 'commands' | 'sessions'> & {
  readonly secrets: Secrets;
};

export function systemsManagerGateways(send: SendSsm, clock: Clock): SystemsManager {
  const parameters = parameterStore(send);
  return {
    ssm: ssmGateway(parameters),
    parameters: parametersGateway(patiently(parameters, clock)),
    commands: ssmCommandsGateway(send),
    sessions: ssmSessionsGateway(send),
    secrets: ssmSecretsGateway(patiently(parameters, clock)),
  };
}
