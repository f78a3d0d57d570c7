/** A gateway that most runs have no use for: it is loaded, with its client, when it is first asked for something. */

export type Calls<Gateway> = { readonly [Name in keyof Gateway]: (...input: never[]) => Promise<unknown> };

export function onUse<Gateway extends Calls<Gateway>>(load: () => Promise<Gateway>): Gateway {
  let loading: Promise<Gateway> | undefined;
  return new Proxy({} as Gateway, {
    get: (_, name) => {
      // What an `await` asks of whatever it is given: this is no promise.
      if (name === 'then' || typeof name === 'symbol') return undefined;
      return async (...input: never[]): Promise<unknown> => {
        const gateway = await (loading ??= load());
        return gateway[name as keyof Gateway](...input);
      };
    },
  });
}
