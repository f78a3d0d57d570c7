/** An object less some members; those that no type knows stay. */
export function without<T extends object, K extends keyof T & string>(
  object: T,
  members: readonly K[],
): Omit<T, K> {
  const dropped: readonly string[] = members;
  return Object.fromEntries(Object.entries(object).filter(([member]) => !dropped.includes(member))) as Omit<
    T,
    K
  >;
}
