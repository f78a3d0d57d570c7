/** What several ask of AWS is asked once, for as long as whoever keeps the answers says. */
import type { Aws } from '../aws/aws.ts';

/** Of each gateway, by method and what it was given. */
export type Answers = Map<object, Map<string, Promise<unknown>>>;

const READS = /^(read|describe|list|find|is|get|named|simulate|filter)/;

/** The network and the caches are as they are while they are looked at; tasks and logs move on. */
export function remembering(aws: Aws): Aws {
  const answers: Answers = new Map();
  return aws.through((gateways) => ({
    ...gateways,
    ec2: askedOnce(gateways.ec2, answers),
    elasticache: askedOnce(gateways.elasticache, answers),
    serverless: askedOnce(gateways.serverless, answers),
  }));
}

/** `onChange` runs when something is about to be written, and again when it is. */
export function askedOnce<Gateway extends object>(
  gateway: Gateway,
  answers: Answers,
  onChange: () => void = () => undefined,
): Gateway {
  return new Proxy(gateway, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      const call = (input: readonly unknown[]): Promise<unknown> =>
        new Promise((resolve) => resolve(Reflect.apply(member, target, input)));
      return READS.test(name)
        ? (...input: readonly unknown[]) =>
            answered(target, JSON.stringify([name, ...input]), () => call(input))
        : (...input: readonly unknown[]) => changed(() => call(input));
    },
  });

  function answered(target: object, asked: string, call: () => Promise<unknown>): Promise<unknown> {
    const known = answers.get(target) ?? new Map<string, Promise<unknown>>();
    answers.set(target, known);
    const answer = known.get(asked) ?? call();
    known.set(asked, answer);
    // What failed is asked again.
    answer.catch(() => known.delete(asked));
    return answer;
  }

  async function changed(call: () => Promise<unknown>): Promise<unknown> {
    onChange();
    try {
      return await call();
    } finally {
      onChange();
    }
  }
}
