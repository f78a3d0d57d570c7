/** AWS Security Token Service. */
import { GetCallerIdentity$ } from '@aws-sdk/client-sts';
import { awsQuery } from '../aws-query.ts';
import { serviceModel } from '../service-model.ts';

export const sts = serviceModel(
  'sts',
  awsQuery({ version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' }),
  [GetCallerIdentity$],
);
