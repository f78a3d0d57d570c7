/** Records docs/pictures: each session at a real terminal, with the built tool, against a sandbox of its own. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { hasRedis } from '../sandbox/redis-program.ts';
import { openAccount } from './account-owner.ts';
import { useInstallation } from './installation.ts';
import { screenSvg } from './screen-svg.ts';
import { SESSIONS, type Moment } from './sessions.ts';
import { hasTmux, openTerminal, type Terminal } from './tmux-terminal.ts';
import { writeIfChanged } from './volatile.ts';

/** A quarter of an hour of AWS is shown in some seconds. */
const SPEED = 120;
const PICTURES = resolve('docs/pictures');
const installed = useInstallation();

describe.skipIf(!hasTmux || !hasRedis)('a terminal', () => {
  test.each(SESSIONS)('shows $name', async ({ size, scenario, before = [], moments }) => {
    const installation = installed();
    const account = scenario && (await openAccount(scenario, installation, systemClock(SPEED)));
    try {
      for (const line of before) {
        const ended = await account?.type(line);
        expect(ended?.exitCode, ended?.said).toBe(0);
      }
      const env = { ...installation.env, ...account?.sandbox.env };
      const terminal = openTerminal({ size, folder: installation.folder, env });
      try {
        let title = '';
        for (const moment of moments) {
          // Its flags stand in the picture itself.
          if ('run' in moment) title = moment.run.split(' --')[0] ?? '';
          await live(moment, terminal, title);
        }
      } finally {
        terminal.close();
      }
    } finally {
      await account?.close();
    }
  });
});

async function live(moment: Moment, terminal: Terminal, title: string): Promise<void> {
  if ('run' in moment) await terminal.run(moment.run);
  else if ('type' in moment) terminal.type(moment.type);
  else if ('press' in moment) terminal.press(moment.press);
  else if ('choose' in moment) await terminal.choose(moment.choose);
  else if ('resize' in moment) terminal.resize(moment.resize);
  else if ('until' in moment)
    await (moment.until === 'prompt' ? terminal.prompted() : terminal.until(moment.until));
  else {
    const svg = screenSvg(await terminal.screen(), title);
    writeIfChanged(`${PICTURES}/${moment.picture}.svg`, svg);
  }
}
