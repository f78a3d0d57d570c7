/** docs/coming-from.md shows what the tool prints for those who deploy the service with something else. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { App, EcsService, TaskDefinition } from '../../src/domain/app.ts';
import { definitionSnippet, type WrittenVariable } from '../../src/output/definition-snippet.ts';
import type { Situation } from '../../src/survey/finding.ts';
import { otherTools } from '../../src/survey/other-tools.ts';
import { managers } from '../../src/survey/service-findings.ts';

const page = readFileSync('docs/coming-from.md', 'utf8');

const SECRET =
  'arn:aws:secretsmanager:eu-west-1:111122223333:secret:elasticache-wizard/backend/backend-AbCdEf';
const VARIABLES: readonly WrittenVariable[] = [
  {
    container: 'app',
    name: 'REDIS_HOST',
    variable: { value: 'master.web-redis.abc123.euw1.cache.amazonaws.com' },
  },
  { container: 'app', name: 'REDIS_PASSWORD', variable: { valueFrom: `${SECRET}:REDIS_PASSWORD::` } },
];

test.each(['Terraform', 'CloudFormation', 'AWS CDK', 'AWS Copilot', 'SST', 'GitHub Actions', 'any other'])(
  'what %s is to have written down is what setup prints',
  (tool) => {
    expect(page).toContain(definitionSnippet(tool, VARIABLES).join('\n'));
  },
);

const toolsOf = (tags: Readonly<Record<string, string>>): App['managers'] =>
  otherTools({ tags } as unknown as EcsService, { tags: {} } as unknown as TaskDefinition);

test('each tool is recognised by the tag that the page names', () => {
  const rows = [...page.matchAll(/^\| ([^|]+) \| the tag (.+?) \|/gm)];
  expect(rows.length).toBeGreaterThan(4);
  for (const [, tool = '', tags = ''] of rows) {
    for (const [, key = '', value = 'x'] of tags.matchAll(/`([\w:.-]+)(?:=(\w+))?`/g)) {
      expect(toolsOf({ [key]: value }).map(({ name }) => name)).toEqual([tool]);
    }
  }
});

test('the warning of the plan is as the page has it', async () => {
  const app = { managers: toolsOf({ ManagedBy: 'Terraform' }), service: { serviceName: 'backend' } };
  const [finding] = await managers({ app } as unknown as Situation);
  expect(page).toContain(finding?.message);
});
