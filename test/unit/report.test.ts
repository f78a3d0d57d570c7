/** The page of `verify --report`, as a browser and as a careful reader see it; and the file that it is written to. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reportFile } from '../../src/cli/checking/report-file.ts';
import { CHECKS, rungOf, type CheckReport } from '../../src/domain/check.ts';
import { html } from '../../src/output/report/markup.ts';
import { reportPage, type Report } from '../../src/output/report/page.ts';
import type { Picture } from '../../src/output/report/picture.ts';
import { FIX, PASSWORD, PICTURE, reported } from './reported-run.ts';
import { requireWellFormed } from './well-formed.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const healthy = reportPage(reported());
const failing = reportPage(reported('ingress'));

describe.each([
  ['a healthy run', healthy],
  ['a failing run', failing],
  ['a run of two apps in two networks', reportPage({ ...reported('variables'), picture: twoNetworks() })],
  ['a run of which the network could not be read', reportPage({ ...reported('ping'), picture: unread() })],
])('the page of %s', (_, page) => {
  test('is well-formed', () => {
    requireWellFormed(page);
  });

  test('tells of every question, and of what was seen', () => {
    for (const id of CHECKS) {
      expect(page).toContain(`<h3>${id} `);
      expect(page).toContain(rungOf(id).asks.replaceAll("'", '&#39;'));
    }
  });

  test('holds no password', () => {
    expect(page).not.toContain(PASSWORD);
  });

  test('needs nothing else: no script, nothing loaded', () => {
    expect(page).not.toMatch(
      /<(script|link|img|iframe|object|embed|base)\b|\b(src|href|srcset|xlink:href)=|url\(|@import|\bon[a-z]+="/i,
    );
  });
});

test('a failing run’s page begins with the cause and the command that mends it', () => {
  const card = failing.slice(0, failing.indexOf('<ol'));
  expect(card).toContain('Root cause: ingress');
  expect(card).toContain(FIX);
  expect(card).toContain('<g class="edge fail">');
  expect(healthy).not.toContain('Root cause');
  expect(healthy).not.toContain('<g class="edge fail">');
});

test('what the account and the app’s log say is text, whatever it looks like', () => {
  expect(healthy).toContain('&lt;b&gt;redis&lt;/b&gt; &amp; co: rediss://****@');
  expect(html`<p title="${`"'<`}">${'\u001B[31mred\u001B[0m\u0001x'}</p>`.markup).toBe(
    '<p title="&quot;&#39;&lt;">red x</p>',
  );
});

test('values of refreshes before and now, and the latency of each zone, are on it', () => {
  for (const text of ['36', '4 of 10', '105', '10 of 10', 'us-east-1b', '2.4 ms'])
    expect(healthy).toContain(`>${text}<`);
});

test.each(['cache', 'memory', 'ping', 'secrets', 'revision', 'stickiness'])(
  'a failure of %s is red in the picture',
  (id) => {
    const report = reported('ingress');
    const broken = {
      id,
      asks: '',
      outcome: 'fail',
      detail: 'broken',
      hint: 'Mend it.',
    } as unknown as CheckReport & { asks: string };
    const picture = reportPage({ ...report, result: { ...report.result, checks: [broken] } });
    expect(picture).toMatch(/<g class="(edge|box) fail">|class="line fail"/);
  },
);

describe('--report', () => {
  const at = (name: string): string => join(folder, name);
  const writing =
    (path: string): (() => void) =>
    () =>
      reportFile(path).write(failing);

  test('writes a new file, and again over an earlier report or an empty file', () => {
    writeFileSync(at('empty.html'), '');
    for (const name of ['new.html', 'new.html', 'empty.html']) {
      writing(at(name))();
      expect(readFileSync(at(name), 'utf8')).toBe(failing);
    }
  });

  test.each([
    ['a directory', () => folder, 'it is a directory'],
    ['a file of somebody’s', () => at('notes.html'), 'there is a file already, and it is no report'],
    ['a place that is not there', () => at('no/where.html'), 'there is no directory'],
    ['a file below a file', () => join(at('notes.html'), 'x.html'), 'it cannot be written'],
    ['what is no path', () => 'a\u0000b', 'it cannot be written'],
  ])('refuses %s before anything is asked', (_, path, why) => {
    writeFileSync(at('notes.html'), 'my notes');
    expect(() => reportFile(path())).toThrow(
      expect.objectContaining({
        code: 'InvalidInput',
        message: expect.stringContaining(why) as string,
      }) as Error,
    );
    expect(readFileSync(at('notes.html'), 'utf8')).toBe('my notes');
  });
});

function twoNetworks(): Picture {
  const [app, cache] = [PICTURE.apps[0]!, PICTURE.caches[0]!];
  const subnets = Array.from({ length: 9 }, (_, at) => ({
    subnetId: `subnet-${at}`,
    availabilityZone: 'us-east-1a',
  }));
  return {
    apps: [
      app,
      {
        ...app,
        name: `worker-${'of-a-long-name-'.repeat(12)}`,
        balancers: [],
        caches: ['web-redis', 'jobs'],
        subnets,
      },
    ],
    caches: [cache, { ...cache, name: 'jobs', vpcId: 'vpc-other', nodes: [] }],
  };
}

function unread(): Picture {
  const [app] = PICTURE.apps;
  return {
    apps: [{ ...app!, securityGroups: [], subnets: [], variables: [], caches: [], balancers: [] }],
    caches: [],
  };
}

const browser = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((path) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(path, name)))
  .find((path) => existsSync(path));

interface Seen {
  readonly width: number;
  readonly wide: number;
  readonly spilled: readonly string[];
  readonly red: string;
}

/** In windows as wide as a telephone and as a desk: what stands over the edge of the page, and texts over that of their box. */
function look(reports: readonly Report[]): Seen[] {
  const frames = reports.flatMap((report) =>
    [390, 1280].map(
      (width) =>
        html`<iframe style="width: ${width}px; height: 900px" srcdoc="${reportPage(report)}"></iframe>`,
    ),
  );
  const script = `addEventListener('load', () => {
    document.body.textContent = JSON.stringify([...document.querySelectorAll('iframe')].map(({ contentDocument: page, clientWidth }) => ({
      width: clientWidth,
      wide: page.documentElement.scrollWidth,
      spilled: [...page.querySelectorAll('svg :is(.box, .frame)')].flatMap((box) => {
        const right = box.querySelector('rect').getBoundingClientRect().right;
        return [...box.querySelectorAll('text')].filter((text) => text.getBoundingClientRect().right > right).map((text) => text.textContent);
      }),
      red: getComputedStyle(page.querySelector('svg .edge.fail path') ?? page.body).stroke,
    })));
  });`;
  const path = join(folder, 'frames.html');
  writeFileSync(
    path,
    html`<!doctype html><meta charset="utf-8" />
      <body>
        ${frames}
        <script>
          ${{ markup: script }};
        </script>
      </body>`.markup,
  );
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-sync',
  ];
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    `--user-data-dir=${join(folder, 'profile')}`,
  ];
  const dom = execFileSync(browser!, [...flags, ...quiet, '--dump-dom', `file://${path}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(/\[.*\]/s.exec(dom)![0].replaceAll('&amp;', '&')) as Seen[];
}

test.skipIf(browser === undefined)(
  'in a browser nothing runs over the edge of the page or of its box, and what is broken is red',
  () => {
    const seen = look([reported('ingress'), { ...reported('ingress'), picture: twoNetworks() }, reported()]);
    expect(seen).toHaveLength(6);
    for (const { width, wide, spilled } of seen) {
      expect(wide).toBeLessThanOrEqual(width);
      expect(spilled).toEqual([]);
    }
    expect(seen[0]!.red).toBe('rgb(198, 40, 40)');
  },
);
