/** What a request brings along for the conditions and variables of policies: keys with one or more values. */

/** By lower-cased key: condition keys are the same in upper and lower case. A key without values is absent. */
export type Context = ReadonlyMap<string, readonly string[]>;

export type ContextValues = Readonly<Record<string, ContextValue | undefined>>;
type ContextValue = string | number | boolean | readonly string[];

export function contextOf(...parts: readonly ContextValues[]): Context {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of parts.flatMap((part) => Object.entries(part))) {
    if (value === undefined) continue;
    const values = typeof value === 'object' ? value : [String(value)];
    if (values.length > 0) context.set(key.toLowerCase(), values);
  }
  return context;
}
