/** Who else deploys the service, and would undo what we change with its next deployment. */
import type { App, EcsService, TaskDefinition } from '../domain/app.ts';
import { PROJECT_TAG } from '../domain/ownership.ts';

export type Tool = App['managers'][number];

/** Tags that deployment tools leave behind, most telling first: Copilot and the CDK deploy by CloudFormation. */
const TAGS: readonly { readonly name: string; readonly key: RegExp }[] = [
  { name: 'AWS Copilot', key: /^copilot-(application|environment|service)$/ },
  { name: 'SST', key: /^sst:(app|stage)$/ },
  { name: 'Pulumi', key: /^pulumi[:-]/i },
  { name: 'Terraform', key: /^terraform([:_-]|$)/i },
  { name: 'AWS CDK', key: /^aws-cdk:|^aws:cdk:/ },
  { name: 'CloudFormation', key: /^aws:cloudformation:stack-name$/ },
  { name: 'Elastic Beanstalk', key: /^elasticbeanstalk:/ },
];

/** What people write into 'ManagedBy', 'managed-by', 'provisioner' and the like. */
const MANAGED_BY = /^(managed|provisioned|created|deployed)[-_ ]?(by|with)$|^(iac|provisioner|tool)$/i;

/** Roles and sessions of pipelines, in the ARN that registered the revision. */
const PIPELINES: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'CodePipeline', pattern: /codepipeline/i },
  { name: 'CodeBuild', pattern: /codebuild/i },
  { name: 'CloudFormation', pattern: /cloudformation|cdk-\w+-cfn-exec/i },
  { name: 'GitHub Actions', pattern: /git-?hub/i },
  { name: 'GitLab CI', pattern: /git-?lab/i },
  { name: 'Terraform', pattern: /terraform|atlantis|spacelift/i },
  {
    name: 'a pipeline',
    pattern:
      /circle-?ci|jenkins|bitbucket|buildkite|teamcity|argo-?cd|drone|\b(ci|cd|ci-?cd|deploy(er|ment)?)\b/i,
  },
];

export function otherTools(service: EcsService, revision: TaskDefinition): Tool[] {
  const found = [...toolsTagged(service.tags), ...toolsTagged(revision.tags), ...byRegistrar(revision)];
  // One tool may leave several tags.
  return [...new Map(found.reverse().map((tool) => [tool.name, tool])).values()].reverse();
}

/** Who says by a tag that the thing is theirs. */
export function toolsTagged(tags: Readonly<Record<string, string>>): Tool[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    const evidence = `tag ${key}=${value}`;
    if (MANAGED_BY.test(key) && value !== '') return { name: capitalised(value), evidence };
    const known = TAGS.find((tag) => tag.key.test(key));
    return known ? { name: known.name, evidence } : [];
  });
}

function byRegistrar(revision: TaskDefinition): Tool[] {
  const { registeredBy, tags } = revision;
  // A revision of ours was registered by whoever ran this tool.
  if (registeredBy === undefined || tags[PROJECT_TAG] !== undefined) return [];
  const [, session] = /:assumed-role\/(.+)$/.exec(registeredBy) ?? [];
  const pipeline = session === undefined ? undefined : PIPELINES.find(({ pattern }) => pattern.test(session));
  return pipeline
    ? [{ name: pipeline.name, evidence: `the running revision was registered by ${registeredBy}` }]
    : [];
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
