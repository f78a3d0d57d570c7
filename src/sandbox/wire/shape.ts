/**
 * The SDK's operation schemas, reduced to what the wire needs. The only file that knows how the clients spell
 * their schemas; ranges, patterns and enums are not in them, so they are the business of each service.
 */
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';

export type Shape = ScalarShape | ListShape | MapShape | StructureShape;

export interface ScalarShape {
  readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'document' | 'unit';
}

export interface ListShape {
  readonly kind: 'list';
  readonly item: Member;
}

export interface MapShape {
  readonly kind: 'map';
  readonly key: Member;
  readonly value: Member;
}

/** Unions are structures of which one member is set. */
export interface StructureShape {
  readonly kind: 'structure';
  /** 'com.amazonaws.elasticache#PendingModifiedValues' */
  readonly name: string;
  readonly members: readonly Member[];
}

export interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly xmlName: string | undefined;
  readonly ec2QueryName: string | undefined;
  /** Deferred: shapes may contain themselves. */
  readonly shape: () => Shape;
}

export function inputShape(operation: StaticOperationSchema): Shape {
  return shapeOf(NormalizedSchema.of(operation[4]));
}

export function outputShape(operation: StaticOperationSchema): Shape {
  return shapeOf(NormalizedSchema.of(operation[5]));
}

/** Compiles a shape at its first use and keeps what was compiled: schemas are constants. */
export function perShape<Compiled>(compile: (shape: Shape) => Compiled): (shape: Shape) => Compiled {
  const compiled = new WeakMap<Shape, Compiled>();
  return (shape) => {
    let result = compiled.get(shape);
    if (result === undefined) {
      result = compile(shape);
      compiled.set(shape, result);
    }
    return result;
  };
}

/** Computes once, at the first call: how a structure's members are compiled although shapes may contain themselves. */
export function lazy<Value>(compute: () => Value): () => Value {
  let computed: { value: Value } | undefined;
  return () => (computed ??= { value: compute() }).value;
}

const shapes = new Map<unknown, Shape>();

function shapeOf(schema: NormalizedSchema): Shape {
  const key = schema.getSchema();
  const known = shapes.get(key);
  if (known) return known;
  const shape = readShape(schema);
  shapes.set(key, shape);
  return shape;
}

function readShape(schema: NormalizedSchema): Shape {
  if (schema.isUnitSchema()) return { kind: 'unit' };
  if (schema.isListSchema()) return { kind: 'list', item: memberOf('member', schema.getValueSchema()) };
  if (schema.isMapSchema()) {
    return {
      kind: 'map',
      key: memberOf('key', schema.getKeySchema()),
      value: memberOf('value', schema.getValueSchema()),
    };
  }
  if (schema.isStructSchema()) {
    const required = requiredCount(schema);
    const members = [...schema.structIterator()].map(([name, member], index) =>
      memberOf(name, member, index < required),
    );
    return { kind: 'structure', name: schema.getName(true) ?? '', members };
  }
  if (schema.isStringSchema()) return { kind: 'string' };
  if (schema.isNumericSchema()) return { kind: 'number' };
  if (schema.isBooleanSchema()) return { kind: 'boolean' };
  if (schema.isBlobSchema()) return { kind: 'blob' };
  if (schema.isDocumentSchema()) return { kind: 'document' };
  // 4 is a timestamp in its protocol's own format; none of the services here asks for another one.
  if (schema.getSchema() === 4) return { kind: 'timestamp' };
  throw new Error(`the wire does not carry ${schema.getName(true) ?? 'this shape'}`);
}

function memberOf(name: string, schema: NormalizedSchema, required = false): Member {
  const traits = schema.getMergedTraits();
  if (traits.xmlFlattened) throw new Error(`the wire does not carry flattened lists (${name})`);
  return {
    name,
    required,
    xmlName: traits.xmlName,
    ec2QueryName: typeof traits['ec2QueryName'] === 'string' ? traits['ec2QueryName'] : undefined,
    shape: () => shapeOf(schema),
  };
}

/** Structure schemas end with the number of required members, which come first. */
function requiredCount(schema: NormalizedSchema): number {
  const structure = schema.getSchema();
  return Array.isArray(structure) && typeof structure[6] === 'number' ? structure[6] : 0;
}
