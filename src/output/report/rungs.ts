/** The ladder of a report: what was asked, seen, what it means, how to mend it; and the cause on a card of its own. */
import { maskPasswords } from '../../domain/connection.ts';
import type { ResultCheck } from '../result.ts';
import { html, type Markup } from './markup.ts';
import { SIGNS } from './shapes.ts';

/** The command of the cause stands on its card already. */
export function ladder(checks: readonly ResultCheck[], cause: ResultCheck | undefined): Markup {
  return html`<ol class="ladder">
    ${checks.map((check) => rung(check, check === cause ? undefined : commandOf(check)))}
  </ol>`;
}

export function causeCard(cause: ResultCheck): Markup {
  return html`<section class="card cause ${cause.outcome}">
    <h2>Root cause: ${cause.id}</h2>
    <p class="asks">${cause.asks}</p>
    ${answer(cause)} ${commandOf(cause)}
  </section>`;
}

function rung(check: ResultCheck, command: Markup | undefined): Markup {
  const { id, outcome, asks } = check;
  return html`<li class="rung ${outcome}">
    <span class="sign" aria-label="${WORDS[outcome]}">${SIGNS[outcome]}</span>
    <div>
      <h3>${id} <span class="asks">${asks}</span></h3>
      ${answer(check)} ${command}
    </div>
  </li>`;
}

const WORDS = {
  pass: 'passed',
  warn: 'a warning',
  fail: 'failed',
  inconclusive: 'inconclusive',
  skip: 'skipped',
} as const;

function answer(check: ResultCheck): Markup {
  if (!('hint' in check)) return html`<p class="seen">${maskPasswords(check.detail)}</p>`;
  const { detail, means, hint } = check;
  return html`<dl>
    ${labelled('seen', detail)} ${means === undefined ? undefined : labelled('means', means)}
    ${labelled('mend', hint)}
  </dl>`;
}

function commandOf(check: ResultCheck): Markup | undefined {
  const fix = 'fix' in check ? check.fix : undefined;
  return fix === undefined ? undefined : html`<pre class="command"><code>${fix}</code></pre>`;
}

function labelled(label: string, text: string): Markup {
  return html`<div>
    <dt>${label}</dt>
    <dd>${maskPasswords(text)}</dd>
  </div>`;
}
