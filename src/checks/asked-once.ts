/** A gateway whose answers are kept while the checks last: several ask the same of AWS. */
const READS = /^(describe|list|read)/;

export function askedOnce<Gateway extends object>(gateway: Gateway): Gateway {
  const answers = new Map<string, unknown>();
  return new Proxy(gateway, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string' || !READS.test(name)) return member;
      return (...input: readonly unknown[]): unknown => {
        const asked = JSON.stringify([name, ...input]);
        if (!answers.has(asked)) answers.set(asked, Reflect.apply(member, target, input));
        return answers.get(asked);
      };
    },
  });
}
