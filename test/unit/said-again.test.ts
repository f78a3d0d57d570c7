/** What a printed way back says again, so that it works as it is typed. */
import { expect, test } from 'vitest';
import { saidAgain } from '../../src/cli/opening/said-again.ts';
import { wayBackCommand } from '../../src/output/way-back-command.ts';
import { typed } from './typed.ts';

const APP = '--instance i-0a1b --cache-name jobs';

test('whose credentials, and of an app on instances its file and its restart', () => {
  const { inputs } = typed(`setup ${APP} --profile prod --env-file web.env --restart-command restart`);
  expect(wayBackCommand('rollback', 'shop', 'eu-west-1', saidAgain(inputs, true))).toBe(
    'elasticache-wizard rollback --project shop --region eu-west-1 --profile prod --env-file web.env --restart-command restart',
  );
  expect(saidAgain(inputs, false)).toEqual(['--profile', 'prod']);
});

test('a password in the restart command is not printed', () => {
  const { inputs } = typed(`setup ${APP} --env-file web.env --restart-command password=hunter2`);
  expect(saidAgain(inputs, true)).toEqual(['--env-file', 'web.env']);
});

test('a config file is named, and what it says is not said beside it', () => {
  const config = JSON.stringify({
    caches: [{ name: 'jobs' }],
    consumers: [{ instances: 'i-0a1b', envFile: 'web.env', restartCommand: 'restart' }],
  });
  const { inputs } = typed('setup --config project.yaml', { config });
  expect(saidAgain(inputs, true)).toEqual(['--config', 'project.yaml']);
});
