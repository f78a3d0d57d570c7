/** Launch templates, each with the one version that it was created with, and what RunInstances takes from one. */
import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  LaunchTemplate,
  LaunchTemplateSpecification,
  LaunchTemplateVersion,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { type Listing, list } from './listing.ts';
import { find, findNamed } from './lookup.ts';
import type { Ec2State, LaunchTemplateRecord } from './state.ts';
import { specifiedTags } from './tags.ts';

const ONLY_VERSION = 1;

export function launchTemplateOperations(state: Ec2State) {
  return {
    CreateLaunchTemplate(input: CreateLaunchTemplateRequest): CreateLaunchTemplateResult {
      const { LaunchTemplateName: launchTemplateName = '', LaunchTemplateData: data = {} } = input;
      if (byName(state, launchTemplateName)) {
        throw new ServiceError(
          'InvalidLaunchTemplateName.AlreadyExistsException',
          'Launch template name already in use.',
        );
      }
      const tags = specifiedTags(input.TagSpecifications, 'launch-template');
      const record: LaunchTemplateRecord = {
        launchTemplateId: state.newId('lt'),
        launchTemplateName,
        createTime: new Date(state.clock.now()),
        data: structuredClone(data),
      };
      state.launchTemplates.set(record.launchTemplateId, record);
      state.tags.enter(record.launchTemplateId, 'launch-template', tags);
      return { LaunchTemplate: describe(state, record) };
    },

    DeleteLaunchTemplate(input: DeleteLaunchTemplateRequest): DeleteLaunchTemplateResult {
      const record = specified(state, input);
      const LaunchTemplate = describe(state, record);
      state.launchTemplates.delete(record.launchTemplateId);
      state.tags.forget(record.launchTemplateId);
      return { LaunchTemplate };
    },

    DescribeLaunchTemplates(input: DescribeLaunchTemplatesRequest): DescribeLaunchTemplatesResult {
      const named =
        findNamed(state.launchTemplates, 'launchTemplate', input.LaunchTemplateIds) ??
        input.LaunchTemplateNames?.map((LaunchTemplateName) => specified(state, { LaunchTemplateName }));
      const { records, nextToken } = list(state, listing, input, state.launchTemplates.values(), named);
      return { LaunchTemplates: records.map((record) => describe(state, record)), NextToken: nextToken };
    },

    DescribeLaunchTemplateVersions(
      input: DescribeLaunchTemplateVersionsRequest,
    ): DescribeLaunchTemplateVersionsResult {
      const record = specified(state, input);
      for (const version of input.Versions ?? []) checkVersion(version);
      return { LaunchTemplateVersions: [describeVersion(state, record)] };
    },
  };
}

/** What is said in the request itself replaces what the template says (EC2 API reference, RunInstances). */
export function withLaunchTemplate(state: Ec2State, input: RunInstancesRequest): RunInstancesRequest {
  if (!input.LaunchTemplate) return input;
  const { data } = specified(state, input.LaunchTemplate);
  checkVersion(input.LaunchTemplate.Version ?? '$Default');
  return {
    // The two shapes differ in enumerations only.
    ...(data as Partial<RunInstancesRequest>),
    ...input,
    TagSpecifications: [
      ...((data.TagSpecifications as RunInstancesRequest['TagSpecifications']) ?? []),
      ...(input.TagSpecifications ?? []),
    ],
  };
}

function specified(
  state: Ec2State,
  { LaunchTemplateId, LaunchTemplateName }: LaunchTemplateSpecification,
): LaunchTemplateRecord {
  if (LaunchTemplateName === undefined)
    return find(state.launchTemplates, 'launchTemplate', LaunchTemplateId);
  const record = byName(state, LaunchTemplateName);
  if (record) return record;
  throw new ServiceError(
    'InvalidLaunchTemplateName.NotFoundException',
    'At least one of the launch templates specified in the request does not exist.',
  );
}

function byName(state: Ec2State, name: string): LaunchTemplateRecord | undefined {
  return [...state.launchTemplates.values()].find(({ launchTemplateName }) => launchTemplateName === name);
}

function checkVersion(version: string): void {
  if (version === '$Latest' || version === '$Default' || Number(version) === ONLY_VERSION) return;
  throw new ServiceError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version} for the launch template.`,
  );
}

function describe(state: Ec2State, record: LaunchTemplateRecord): LaunchTemplate {
  const { launchTemplateId, launchTemplateName, createTime } = record;
  return {
    LaunchTemplateId: launchTemplateId,
    LaunchTemplateName: launchTemplateName,
    CreateTime: createTime,
    CreatedBy: `arn:aws:iam::${state.accountId}:root`,
    DefaultVersionNumber: ONLY_VERSION,
    LatestVersionNumber: ONLY_VERSION,
    Tags: state.tags.listed(launchTemplateId),
  };
}

function describeVersion(state: Ec2State, record: LaunchTemplateRecord): LaunchTemplateVersion {
  const { LaunchTemplateId, LaunchTemplateName, CreateTime, CreatedBy } = describe(state, record);
  return {
    LaunchTemplateId,
    LaunchTemplateName,
    CreateTime,
    CreatedBy,
    VersionNumber: ONLY_VERSION,
    DefaultVersion: true,
    LaunchTemplateData: record.data,
  };
}

const listing: Listing<LaunchTemplateRecord> = {
  idOf: ({ launchTemplateId }) => launchTemplateId,
  pageSize: [1, 200],
  filters: {
    'create-time': ({ createTime }) => createTime.toISOString(),
    'launch-template-name': ({ launchTemplateName }) => launchTemplateName,
  },
};
