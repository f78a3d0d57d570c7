/** What was measured, as bars: what refreshes showed before and now, and how fast the cache answered. */
import type { CheckEvidence, Latency, Shown } from '../../domain/check-evidence.ts';
import { html, type Markup } from './markup.ts';

export function charts(evidence: readonly CheckEvidence[]): Markup[] {
  const refreshes = evidence.flatMap((each) => each.refreshes ?? []);
  const latencies = evidence.flatMap((each) => each.latencies ?? []);
  return [...refreshes.map(refreshChart), ...(latencies.length > 0 ? [latencyChart(latencies)] : [])];
}

function refreshChart({ now, before }: NonNullable<CheckEvidence['refreshes']>): Markup {
  return html`<section class="card">
    <h2>Refreshes</h2>
    <p class="asks">How often each value was shown. One value: all tasks agree.</p>
    ${
      before
        ? html`<h3>before the cache</h3>
            ${before.counts ? histogram(before.counts) : html`<p>${before.shown}</p>`}`
        : undefined
    }
    <h3>now</h3>
    ${histogram(now)}
  </section>`;
}

function histogram(counts: readonly Shown[]): Markup {
  const all = counts.reduce((sum, { times }) => sum + times, 0);
  return bars(
    counts.map(({ value, times }) => ({ label: value, share: times / all, says: `${times} of ${all}` })),
    counts.length > 1 ? 'split' : 'agreed',
  );
}

function latencyChart(latencies: readonly Latency[]): Markup {
  const most = Math.max(...latencies.map(({ p99 }) => p99));
  const share = (ms: number): number => (most === 0 ? 0 : ms / most);
  return html`<section class="card">
    <h2>Latency</h2>
    <p class="asks">Of PING, from where the app runs.</p>
    ${latencies.map(
      ({ from, p50, p99 }) =>
        html`${from === undefined ? undefined : html`<h3>${from}</h3>`}
        ${bars(
          [
            { label: 'p50', share: share(p50), says: `${p50} ms` },
            { label: 'p99', share: share(p99), says: `${p99} ms` },
          ],
          'measured',
        )}`,
    )}
  </section>`;
}

interface Bar {
  readonly label: string;
  /** Of the longest. */
  readonly share: number;
  readonly says: string;
}

/** Rows of a table, so that they are read out and printed as one. */
function bars(all: readonly Bar[], kind: string): Markup {
  return html`<table class="bars ${kind}">
    <tbody>
      ${all.map(
        ({ label, share, says }) =>
          html`<tr>
            <th scope="row">${label}</th>
            <td class="bar">
              <svg aria-hidden="true"><rect width="${(share * 100).toFixed(1)}%" height="100%" rx="3" /></svg>
            </td>
            <td class="says">${says}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
