/** STS behind its interface. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { ServiceInputTypes, ServiceOutputTypes, STSClientResolvedConfig } from '@aws-sdk/client-sts';
import { WizardError } from '../errors.ts';
import type { Send } from './api.ts';
import type { Sts } from './sts.ts';

export function stsGateway(
  send: Send<ServiceInputTypes, ServiceOutputTypes, STSClientResolvedConfig>,
  region: string,
): Sts {
  return {
    async readIdentity() {
      const doing = 'Asking AWS who we are';
      const { Account: account, Arn: arn } = await send(doing, new GetCallerIdentityCommand({}));
      const partition = arn?.split(':')[1];
      if (account === undefined || arn === undefined || partition === undefined) {
        throw new WizardError('OperationFailed', `${doing}: the answer names neither account nor caller`, {
          hint: 'Is this AWS? Check --endpoint-url and AWS_ENDPOINT_URL.',
        });
      }
      return { account, arn, region, partition };
    },
  };
}
