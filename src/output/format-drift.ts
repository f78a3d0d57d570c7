/** What differs from what was set up: a sentence each, how it was and is, who changed it, and what to type. */
import { driftName } from './kind-names.ts';
import { hanging } from './line-width.ts';
import type { Paint } from './paint.ts';
import type { Result, ResultDrift, ResultNote } from './result.ts';

/** `columns`: of a terminal. */
export function formatDrift(result: Result, paint: Paint, columns?: number): string[] {
  const { drift, driftUnseen: unseen = [], driftNotes: notes = [] } = result;
  if (!drift) return [];
  return [
    ...hanging(`${paint.bold('drift')}       `, summary(drift.length, unseen.length, paint), columns),
    ...drift.flatMap((each) => formatOne(each, paint, columns)),
    ...unseen.flatMap((each) =>
      hanging(
        `  ${paint.careful('?')} `,
        `${driftName(each)}: could not be looked at: ${each.what}`,
        columns,
      ),
    ),
    ...notes.flatMap((each) =>
      hanging(`  ${paint.dim('-')} `, `${driftName(each)}: ${each.what}${whose(each)}`, columns),
    ),
  ];
}

function summary(drifted: number, unseen: number, paint: Paint): string {
  const blind = `${unseen} could not be looked at`;
  if (drifted > 0) {
    const differ = drifted === 1 ? '1 thing differs' : `${drifted} things differ`;
    return paint.bad(`${differ} from what was set up${unseen > 0 ? `, ${blind}` : ''}`);
  }
  return unseen > 0
    ? paint.careful(`none seen, but ${blind}`)
    : paint.good('none: everything is as it was set up');
}

function formatOne(each: ResultDrift, paint: Paint, columns: number | undefined): string[] {
  const facts = [
    ['was', each.was],
    ['now', each.now],
    ['by', each.by],
  ].flatMap(([label = '', text]) =>
    text === undefined ? [] : hanging(`      ${label.padEnd(4)}`, text, columns),
  );
  return [
    ...hanging(`  ${paint.bad('✖')} `, `${driftName(each)}: ${each.what}`, columns),
    ...facts,
    `      ${paint.dim('Try:')} ${each.command}`,
  ];
}

function whose({ by }: ResultNote): string {
  return by === undefined ? '' : ` (${by})`;
}
