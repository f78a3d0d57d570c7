/** A run of `verify` as one page that needs nothing else: no script, nothing loaded, to be attached to a ticket. */
import { causeOfFailure, type Result } from '../result.ts';
import { charts } from './charts.ts';
import { drawing } from './drawing.ts';
import { html, type Markup } from './markup.ts';
import type { Picture } from './picture.ts';
import { causeCard, ladder } from './rungs.ts';
import { STYLESHEET } from './stylesheet.ts';
import { things } from './things.ts';
import { verdictOf } from './verdict.ts';

/** By it a report is known again, and only a report is overwritten. It stands near the top. */
export const GENERATOR = '<meta name="generator" content="elasticache-wizard verify" />';

export interface Report {
  readonly result: Result;
  readonly picture: Picture;
  /** When it was made, in milliseconds. */
  readonly at: number;
}

export function reportPage({ result, picture, at }: Report): string {
  const { checks, project } = result;
  const cause = causeOfFailure(result);
  const verdict = verdictOf(result);
  const measured = charts(checks.flatMap(({ evidence }) => evidence ?? []));
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${{ markup: GENERATOR }}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${project ?? ''}: ${verdict.words}</title>
        <style>
          ${{ markup: STYLESHEET }}
        </style>
      </head>
      <body>
        <header>
          <span class="verdict ${verdict.kind}">${verdict.words}</span>
          <h1>${project ?? ''}</h1>
          <p class="asks">Does the app reach its cache, and use it?</p>
          <dl class="facts">${facts(result, at)}</dl>
        </header>
        <main>
          ${cause && causeCard(cause)}
          <div class="columns${isWide(picture) ? ' wide' : ''}">
            <section class="card picture">
              <h2>The way to the cache</h2>
              ${drawing(picture, checks)}
            </section>
            <section class="card">
              <h2>What was asked</h2>
              ${ladder(checks, cause)}
            </section>
          </div>
          <div class="charts">${measured}</div>
          ${things(result, picture)}
        </main>
        <footer>
          <p>
            Made by elasticache-wizard verify with ${result.awsCalls.reads} reads of the account. It holds
            names and addresses, and no password.
          </p>
        </footer>
      </body>
    </html> `;
  return markup;
}

/** Then the picture stands above the ladder, and not beside it. */
function isWide({ apps, caches }: Picture): boolean {
  return Math.max(apps.length, caches.length) > 1;
}

function facts({ account, region }: Result, at: number): Markup[] {
  const time = new Date(at).toISOString().replace('T', ' ').slice(0, 19);
  const all = { account: account ?? '', region: region ?? '', time: `${time} UTC` };
  return Object.entries(all).map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  );
}
