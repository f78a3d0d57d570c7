/** Prefix lists: AWS's own for the gateway endpoints, and the account's. */
import type {
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  ManagedPrefixList,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { isIpv6Cidr, parseIpv4Block } from './cidr.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import type { Ec2State, PrefixListRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

/** Blocks from RFC 5737: nobody must ever reach them. */
const AWS_PREFIX_LISTS = { s3: '198.51.100.0/25', dynamodb: '198.51.100.128/25' };

export function prefixListOperations(state: Ec2State) {
  for (const [service, cidr] of Object.entries(AWS_PREFIX_LISTS)) {
    addPrefixList(state, {
      prefixListName: `com.amazonaws.${state.region}.${service}`,
      ownerId: 'AWS',
      addressFamily: 'IPv4',
      maxEntries: undefined,
      entries: [{ cidr, description: undefined }],
    });
  }
  return {
    CreateManagedPrefixList(input: CreateManagedPrefixListRequest): CreateManagedPrefixListResult {
      const tags = specifiedTags(input.TagSpecifications, 'prefix-list');
      const addressFamily = input.AddressFamily === 'IPv6' ? 'IPv6' : 'IPv4';
      const entries = (input.Entries ?? []).map(({ Cidr, Description }) => ({
        cidr: acceptedCidr(addressFamily, Cidr),
        description: Description,
      }));
      const prefixList = addPrefixList(
        state,
        {
          prefixListName: input.PrefixListName ?? '',
          ownerId: state.accountId,
          addressFamily,
          maxEntries: input.MaxEntries,
          entries,
        },
        tags,
      );
      return { PrefixList: describe(state, prefixList) };
    },

    DescribeManagedPrefixLists(input: DescribeManagedPrefixListsRequest): DescribeManagedPrefixListsResult {
      const named = findNamed(state.prefixLists, 'prefixList', input.PrefixListIds);
      const { records, nextToken } = list(state, listing, input, state.prefixLists.values(), named);
      return { PrefixLists: records.map((prefixList) => describe(state, prefixList)), NextToken: nextToken };
    },

    GetManagedPrefixListEntries(
      input: GetManagedPrefixListEntriesRequest,
    ): GetManagedPrefixListEntriesResult {
      const { entries } = find(state.prefixLists, 'prefixList', input.PrefixListId);
      return { Entries: entries.map(({ cidr, description }) => ({ Cidr: cidr, Description: description })) };
    },
  };
}

function addPrefixList(
  state: Ec2State,
  prefixList: Omit<PrefixListRecord, 'prefixListId'>,
  tags?: Map<string, string>,
): PrefixListRecord {
  const record: PrefixListRecord = { prefixListId: state.newId('pl'), ...prefixList };
  state.prefixLists.set(record.prefixListId, record);
  state.tags.enter(record.prefixListId, 'prefix-list', tags);
  return record;
}

function acceptedCidr(addressFamily: 'IPv4' | 'IPv6', cidr = ''): string {
  const accepted =
    addressFamily === 'IPv4' ? parseIpv4Block(cidr)?.cidr : isIpv6Cidr(cidr) ? cidr : undefined;
  if (!accepted)
    throw new ServiceError('InvalidParameterValue', `The CIDR ${cidr} is not valid for ${addressFamily}.`);
  return accepted;
}

function describe(state: Ec2State, prefixList: PrefixListRecord): ManagedPrefixList {
  const isAws = prefixList.ownerId === 'AWS';
  return {
    PrefixListId: prefixList.prefixListId,
    PrefixListName: prefixList.prefixListName,
    PrefixListArn: `arn:aws:ec2:${state.region}:${isAws ? 'aws' : state.accountId}:prefix-list/${prefixList.prefixListId}`,
    OwnerId: prefixList.ownerId,
    AddressFamily: prefixList.addressFamily,
    State: 'create-complete',
    MaxEntries: prefixList.maxEntries,
    Version: isAws ? undefined : 1,
    Tags: state.tags.listed(prefixList.prefixListId),
  };
}

const listing: Listing<PrefixListRecord> = {
  idOf: (prefixList) => prefixList.prefixListId,
  pageSize: [1, 100],
  filters: {
    'owner-id': (prefixList) => prefixList.ownerId,
    'prefix-list-id': (prefixList) => prefixList.prefixListId,
    'prefix-list-name': (prefixList) => prefixList.prefixListName,
  },
};
