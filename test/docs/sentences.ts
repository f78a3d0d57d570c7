/** The sentences that stand in the source, with holes where it puts names and figures in. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** Shorter pieces (“ and ”, “ is ”) stand in any text: they must be all of it. */
const WORDS = 3;

/** Each matches a text that has it, whatever is in the holes. */
export function sentencesOf(...folders: readonly string[]): RegExp[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => sentencesIn(readFileSync(`${folder}/${name}`, 'utf8'))),
  );
}

function sentencesIn(source: string): RegExp[] {
  const found: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    const pieces = piecesOf(node);
    if (pieces) found.push(sentence(pieces));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return found;
}

function sentence(pieces: readonly string[]): RegExp {
  const pattern = pieces.map(escaped).join('[^]*?');
  const words = pieces.join(' ').split(/\s+/).filter(Boolean).length;
  return new RegExp(words < WORDS ? `^${pattern}$` : pattern);
}

function piecesOf(node: ts.Node): string[] | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  return undefined;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
