/** Parameter Store as the lease needs it. */
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type {
  ServiceInputTypes,
  ServiceOutputTypes,
  SSMClientResolvedConfig,
  Tag,
} from '@aws-sdk/client-ssm';
import type { Send } from './api.ts';
import { isFailure } from './failures.ts';
import type { Ssm } from './ssm.ts';
import { toTagList } from './tag-list.ts';

export function ssmGateway(send: Send<ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig>): Ssm {
  // Systems Manager API reference, PutParameter.Tags: not together with Overwrite.
  const put = (Name: string, Value: string, how: { Overwrite: true } | { Tags: Tag[] }) =>
    send(`Writing the parameter ${Name}`, new PutParameterCommand({ Name, Value, Type: 'String', ...how }));

  return {
    async readParameter(name, version) {
      const command = new GetParameterCommand({ Name: version === undefined ? name : `${name}:${version}` });
      try {
        const { Parameter } = await send(`Reading the parameter ${name}`, command);
        return { value: Parameter?.Value ?? '', version: Parameter?.Version ?? 0 };
      } catch (error) {
        if (isFailure(error, 'parameter not found')) return undefined;
        throw error;
      }
    },

    async createParameter(name, value, tags) {
      try {
        await put(name, value, { Tags: toTagList(tags) });
        return 'created';
      } catch (error) {
        if (isFailure(error, 'parameter exists')) return 'exists';
        if (isFailure(error, 'operation unknown')) return 'unknown';
        throw error;
      }
    },

    async overwriteParameter(name, value) {
      return (await put(name, value, { Overwrite: true })).Version ?? 0;
    },

    async deleteParameter(Name) {
      try {
        await send(`Deleting the parameter ${Name}`, new DeleteParameterCommand({ Name }));
      } catch (error) {
        if (!isFailure(error, 'parameter not found')) throw error;
      }
    },
  };
}
