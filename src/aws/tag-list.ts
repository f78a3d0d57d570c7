/** AWS's lists of keys and values (tags, attributes) as records, and back. */
interface Pair {
  Key?: string | undefined;
  Value?: string | undefined;
}

export function fromTagList(list: readonly Pair[] | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

export function toTagList(record: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(record).map(([Key, Value]) => ({ Key, Value }));
}
