/**
 * The JSON protocols' documents, in both directions. What the schema does not know is kept as it came: a task
 * definition with a member newer than this SDK must come back whole.
 */
import { lazy, perShape } from './shape.ts';
import type { Shape } from './shape.ts';

type Convert = (value: unknown) => unknown;

export const jsonReader = converter({
  timestamp: (seconds) => new Date(Number(seconds) * 1000),
  blob: (base64) => Uint8Array.from(Buffer.from(String(base64), 'base64')),
});

export const jsonWriter = converter({
  timestamp: (date) => (date as Date).getTime() / 1000,
  blob: (bytes) => Buffer.from(bytes as Uint8Array).toString('base64'),
});

/** Only timestamps and blobs look different in JSON; the rest is a walk to find them. */
function converter(scalars: { timestamp: Convert; blob: Convert }): (shape: Shape) => Convert {
  const convert = perShape((shape): Convert => {
    switch (shape.kind) {
      case 'structure': {
        const members = lazy(
          () => new Map(shape.members.map((member) => [member.name, convert(member.shape())])),
        );
        return (value) => mapEntries(value, (name, item) => (members().get(name) ?? asItIs)(item));
      }
      case 'map': {
        const convertValue = lazy(() => convert(shape.value.shape()));
        return (value) => mapEntries(value, (_, item) => convertValue()(item));
      }
      case 'list': {
        const convertItem = lazy(() => convert(shape.item.shape()));
        return (value) => (Array.isArray(value) ? value.map((item) => convertItem()(item)) : value);
      }
      case 'timestamp':
      case 'blob':
        return scalars[shape.kind];
      default:
        return asItIs;
    }
  });
  return convert;
}

/** A member that is null is absent. */
function mapEntries(value: unknown, convert: (name: string, item: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([name, item]) => [name, convert(name, item)]),
  );
}

function asItIs(value: unknown): unknown {
  return value;
}
