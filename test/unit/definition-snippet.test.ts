import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { definitionSnippet, type WrittenVariable } from '../../src/output/definition-snippet.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:elasticache-wizard/web/app-AbCdEf';
const variables: WrittenVariable[] = [
  { container: 'app', name: 'REDIS_HOST', variable: { value: 'master.web.use1.cache.amazonaws.com' } },
  { container: 'app', name: 'REDIS_PASSWORD', variable: { valueFrom: `${ARN}:REDIS_PASSWORD::` } },
];
const body = (tool: string): string => definitionSnippet(tool, variables).slice(1).join('\n');

test('Terraform gets the members of container_definitions', () => {
  expect(body('Terraform')).toContain(
    '{ name = "REDIS_HOST", value = "master.web.use1.cache.amazonaws.com" },',
  );
  expect(body('Terraform')).toContain(`{ name = "REDIS_PASSWORD", valueFrom = "${ARN}:REDIS_PASSWORD::" },`);
});

test('CloudFormation and Copilot get YAML that can be read back', () => {
  expect(parse(body('CloudFormation'))).toEqual({
    Environment: [{ Name: 'REDIS_HOST', Value: 'master.web.use1.cache.amazonaws.com' }],
    Secrets: [{ Name: 'REDIS_PASSWORD', ValueFrom: `${ARN}:REDIS_PASSWORD::` }],
  });
  expect(parse(body('AWS Copilot'))).toEqual({
    variables: { REDIS_HOST: 'master.web.use1.cache.amazonaws.com' },
    secrets: { REDIS_PASSWORD: `${ARN}:REDIS_PASSWORD::` },
  });
});

test('the CDK gets the secret by its whole ARN, and the key of it', () => {
  expect(body('AWS CDK')).toContain(
    `ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretCompleteArn(this, 'Redis', "${ARN}"), "REDIS_PASSWORD")`,
  );
});

test('an action of GitHub gets its inputs', () => {
  expect(parse(body('GitHub Actions'))).toEqual({
    'environment-variables': 'REDIS_HOST=master.web.use1.cache.amazonaws.com\n',
    secrets: expect.stringContaining(`REDIS_PASSWORD=${ARN}:REDIS_PASSWORD::`) as string,
  });
});

test('any other tool gets the task definition’s own members', () => {
  expect(body('a pipeline')).toContain(
    '{"name":"REDIS_HOST","value":"master.web.use1.cache.amazonaws.com"},',
  );
});

test('each container has its own part', () => {
  const two = definitionSnippet('Terraform', [
    ...variables,
    { container: 'worker', name: 'QUEUE_PREFIX', variable: { value: '' } },
  ]);
  expect(two.filter((line) => line.startsWith('for the container'))).toEqual([
    'for the container app:',
    'for the container worker:',
  ]);
  expect(two.join('\n')).toContain('{ name = "QUEUE_PREFIX", value = "" },');
});
