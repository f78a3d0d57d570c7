/** What several ask of AWS is asked once: its answer is kept while the checks last. */
import type { Aws } from '../aws/aws.ts';

const READS = /^(describe|list|read)/;

/** The network and the caches are as they are meanwhile; tasks and logs move on. */
export function remembering(aws: Aws): Aws {
  const { ec2, caches, elasticache, serverless } = aws;
  return {
    ...aws,
    ec2: askedOnce(ec2),
    caches: askedOnce(caches),
    elasticache: askedOnce(elasticache),
    serverless: askedOnce(serverless),
  };
}

function askedOnce<Gateway extends object>(gateway: Gateway): Gateway {
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
