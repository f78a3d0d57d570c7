/** Makes up a value for an operation schema, with the texts and shapes on which codecs break. */
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';

const TEXTS = [
  'collabcanvas-redis',
  'größer 東京 🎨',
  `<a b="c">&amp; 'quoted'</a>`,
  'two\r\nlines\nand a\ttab',
  '  blanks around  ',
  '',
  'a=b&c=d+e%20f.member.1',
];

export type Generated = Readonly<Record<string, unknown>>;

/** EC2's protocol cannot say that a list is empty. */
export function generatedInput(
  operation: StaticOperationSchema,
  seed: number,
  emptyLists = operation[1] !== 'com.amazonaws.ec2',
): Generated {
  return asStructure(generator(seed, emptyLists)(NormalizedSchema.of(operation[4]), 0));
}

export function generatedOutput(operation: StaticOperationSchema, seed: number): Generated {
  return asStructure(generator(seed, true)(NormalizedSchema.of(operation[5]), 0));
}

function asStructure(value: unknown): Generated {
  return (value ?? {}) as Generated;
}

/** Undefined where nothing can be said: the query protocols cannot express an empty structure. */
function generator(seed: number, emptyLists: boolean): (schema: NormalizedSchema, depth: number) => unknown {
  let turn = seed;
  const generate = (schema: NormalizedSchema, depth: number): unknown => {
    turn += 1;
    if (schema.isUnitSchema()) return undefined;
    if (schema.isStructSchema()) return generateStructure(schema, depth);
    if (schema.isListSchema()) {
      const items = [0, 1, 2].map(() => generate(schema.getValueSchema(), depth + 1));
      return items.includes(undefined) ? undefined : items.slice(0, emptyLists ? turn % 4 : 1 + (turn % 3));
    }
    if (schema.isMapSchema()) {
      const value = generate(schema.getValueSchema(), depth + 1);
      return value === undefined ? undefined : { [`key ${turn}`]: value, 'ключ <&>': value };
    }
    if (schema.isNumericSchema()) return turn % 5 === 0 ? 0 : turn * 7;
    if (schema.isBooleanSchema()) return turn % 2 === 0;
    if (schema.isTimestampSchema()) return new Date(Date.UTC(2026, 10, 21, 2, turn % 60, 7, turn % 1000));
    if (schema.isBlobSchema()) return new Uint8Array([0, 255, turn % 256]);
    if (schema.isDocumentSchema()) return { anything: [1, 'two', { three: true }] };
    return TEXTS[turn % TEXTS.length];
  };

  const generateStructure = (schema: NormalizedSchema, depth: number): unknown => {
    if (depth > 6) return undefined;
    let members = [...schema.structIterator()].filter(([name]) => name !== 'DryRun');
    if (schema.isUnionSchema()) members = members.slice(turn % members.length).slice(0, 1);
    const entries = members
      .map(([name, member]) => [name, generate(member, depth + 1)] as const)
      .filter(([, value]) => value !== undefined);
    return entries.length > 0 || depth === 0 ? Object.fromEntries(entries) : undefined;
  };
  return generate;
}
