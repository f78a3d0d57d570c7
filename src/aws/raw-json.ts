/**
 * JSON past the SDK's models: a client drops members that are newer than itself, in answers and in requests alike,
 * so what has to stay complete (a task definition) is read before it is deserialised and written before it is signed.
 */
import type { MiddlewareStack } from '@smithy/types';
import type { JsonObject } from '../domain/json.ts';

interface AnyCommand<Input extends object, Output extends object> {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
}

/** Returns how to get the body of the command's successful answer, once there is one. */
export function captureAnswer<In extends object, Out extends object>(
  command: AnyCommand<In, Out>,
): () => JsonObject {
  let answer: JsonObject | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as {
        statusCode: number;
        body: AsyncIterable<Uint8Array> | Uint8Array;
      };
      if (response.statusCode === 200) {
        const body = await collect(response.body);
        response.body = body;
        answer = parse(body);
      }
      return result;
    },
    // Inside the SDK's own deserialiser, which consumes the stream.
    { step: 'deserialize', priority: 'low' },
  );
  return () => answer ?? {};
}

/** The command sends this body in place of what the SDK makes of its input. */
export function replaceRequest<In extends object, Out extends object>(
  command: AnyCommand<In, Out>,
  body: JsonObject,
): void {
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { body: string }).body = JSON.stringify(body);
      return next(args);
    },
    // After the SDK's serialiser, before the length and the signature are computed.
    { step: 'serialize', priority: 'low' },
  );
}

export async function collect(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

/** What is no JSON is left to the SDK to complain about. */
function parse(body: Uint8Array): JsonObject | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as JsonObject;
  } catch {
    return undefined;
  }
}
