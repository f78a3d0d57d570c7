/** How a report looks: light or dark as the reader's system is, on a telephone, and on paper. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1a1f29; --faint: #5c6675; --line: #d6dbe3;
  --pass: #1a7f4b; --fail: #c62828; --doubt: #9a6200; --fill: #eef1f5; --fail-fill: #fdecec; --bar: #3367b8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151b; --card: #1b2029; --ink: #e7eaf0; --faint: #9aa5b5; --line: #343c49;
    --pass: #4cc38a; --fail: #ff7b72; --doubt: #e3b341; --fill: #242b36; --fail-fill: #3a2124; --bar: #7aa7f0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px 16px 48px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
header, main, footer { max-width: 1180px; margin: 0 auto; }
h1 { margin: 8px 0 0; font-size: 26px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0 0 4px; font-size: 18px; }
h3 { margin: 0; font-size: 15px; }
p { margin: 4px 0; }
code, pre, .facts dd, .seen, dd { overflow-wrap: anywhere; }
code, pre { font: 13.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.verdict { display: inline-block; padding: 2px 12px; border-radius: 99px; color: var(--card); font-weight: 600; background: var(--doubt); }
.verdict.broken { background: var(--fail); }
.verdict.proven { background: var(--pass); }
.facts { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 12px 0 0; }
.facts div { display: flex; gap: 8px; }
dt, .asks, footer { color: var(--faint); }
dd { margin: 0; }
.card { margin-top: 20px; padding: 18px 20px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.cause { border: 2px solid var(--doubt); }
.cause.fail { border-color: var(--fail); }
.cause.fail h2 { color: var(--fail); }
.columns { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 0 20px; align-items: start; }
.columns.wide { grid-template-columns: minmax(0, 1fr); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 0 20px; align-items: start; }
dl div { display: grid; grid-template-columns: 64px minmax(0, 1fr); margin-top: 2px; }
dl.facts div { display: flex; margin: 0; }
.card dl { margin: 6px 0 0; }
.command { margin: 10px 0 0; padding: 10px 12px; border-radius: 8px; background: var(--fill); white-space: pre-wrap; -webkit-user-select: all; user-select: all; }
.ladder { margin: 8px 0 0; padding: 0; list-style: none; }
.rung { display: grid; grid-template-columns: 24px minmax(0, 1fr); gap: 4px; padding: 9px 0; border-top: 1px solid var(--line); }
.rung:first-child { border-top: 0; }
.rung .asks { font-weight: 400; }
.rung .sign { font-weight: 700; }
.pass > .sign { color: var(--pass); }
.fail > .sign, .rung.fail h3 { color: var(--fail); }
.rung.fail h3 .asks { color: var(--faint); }
.warn > .sign, .inconclusive > .sign { color: var(--doubt); }
.rung.skip { color: var(--faint); }
.picture { overflow-x: auto; }
.picture svg { display: block; width: 100%; margin: 8px auto 0; font-size: 12.5px; }
svg text { fill: var(--ink); }
svg .line, svg .frame text, svg .carries, .visitors text { fill: var(--faint); }
svg .title { font-size: 15px; font-weight: 600; }
svg .frame text { font-size: 11px; }
svg .box rect { fill: var(--card); stroke: var(--faint); }
svg .box.fail rect { fill: var(--fail-fill); stroke: var(--fail); stroke-width: 2.5; }
svg .box.warn rect, svg .box.inconclusive rect { stroke: var(--doubt); stroke-width: 2; }
svg .line.fail { fill: var(--fail); font-weight: 600; }
svg .line.warn, svg .line.inconclusive { fill: var(--doubt); font-weight: 600; }
svg .frame rect { fill: none; stroke: var(--line); }
svg .frame.vpc rect { fill: var(--fill); fill-opacity: .5; }
svg .frame.groups rect { stroke: var(--faint); stroke-dasharray: 5 4; }
.visitors rect { fill: var(--fill); stroke: var(--line); }
.visitors text, svg text.sign { text-anchor: middle; }
svg .edge path { fill: none; stroke: var(--faint); stroke-width: 2; }
svg .edge .tip { fill: var(--faint); stroke: none; }
svg .edge.pass path { stroke: var(--pass); }
svg .edge.pass .tip { fill: var(--pass); }
svg .edge.skip path:not(.tip) { stroke-dasharray: 3 5; }
svg .edge.fail path { stroke: var(--fail); stroke-width: 3; }
svg .edge.fail path:not(.tip) { stroke-dasharray: 7 6; }
svg .edge.fail .tip, svg .edge.fail circle { fill: var(--fail); }
svg .edge.warn path, svg .edge.inconclusive path { stroke: var(--doubt); }
svg .edge.warn :is(.tip, circle), svg .edge.inconclusive :is(.tip, circle) { fill: var(--doubt); }
svg .edge .tip { stroke: none; }
svg text.sign { fill: var(--card); font-weight: 700; }
svg .blames { font-weight: 600; }
svg .carries, svg .blames { paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
svg .fail .blames { fill: var(--fail); }
svg :is(.warn, .inconclusive) .blames { fill: var(--doubt); }
.charts h3 { margin-top: 10px; color: var(--faint); font-weight: 600; }
.bars { width: 100%; border-collapse: collapse; table-layout: fixed; }
.bars th { width: 34%; padding: 3px 10px 3px 0; text-align: left; font-weight: 400; overflow-wrap: anywhere; }
.bars .says { width: 92px; padding-left: 10px; color: var(--faint); white-space: nowrap; }
.bars svg { display: block; width: 100%; height: 16px; border-radius: 3px; background: var(--fill); }
.bars rect { fill: var(--bar); }
.bars.split rect { fill: var(--doubt); }
.bars.agreed rect { fill: var(--pass); }
.things { width: 100%; border-collapse: collapse; }
.things th { width: 190px; padding: 4px 16px 4px 0; text-align: left; vertical-align: top; font-weight: 400; color: var(--faint); }
.things td { padding: 4px 0; overflow-wrap: anywhere; }
footer { margin-top: 24px; font-size: 13px; }
@media (max-width: 860px) {
  .columns { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 480px) {
  body { padding: 16px 10px 32px; }
  .card { padding: 14px 12px; }
  .things th { width: 104px; padding-right: 10px; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --faint: #444; --line: #bbb; --fill: #f2f2f2; --pass: #1a7f4b; --fail: #c62828; --doubt: #9a6200; --fail-fill: #fdecec; --bar: #3367b8; color-scheme: light; }
  body { padding: 0; font-size: 12px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h1 { font-size: 20px; }
  h2 { font-size: 14px; break-after: avoid; }
  h3, code, pre { font-size: 11.5px; }
  .card { margin-top: 10px; padding: 10px 12px; }
  .columns { grid-template-columns: minmax(0, 4fr) minmax(0, 6fr); gap: 0 10px; }
  .rung { padding: 5px 0; }
  .picture { overflow: visible; }
  .picture svg { min-width: 0 !important; }
  .rung, .things tr, .cause, .charts .card, .picture { break-inside: avoid; }
}
`;
