/**
 * A proxy's log-in page may come with status 200. The SDK's XML parser finds nothing in it that it looks for, and that
 * reads as "there is none": a group that is there would be made again.
 */
import type { DeserializeMiddleware } from '@smithy/types';
import { collect } from './raw-json.ts';

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}

const PAGE = /^\s*<(!doctype\s+html|html)\b/i;

/** An emulator may call its XML text/html: what it is, it says itself. */
export function refuseWebPages<In extends object, Out extends object>(): DeserializeMiddleware<In, Out> {
  return (next) => async (args) => {
    const result = await next(args);
    const response = result.response as Answer;
    const { statusCode, headers } = response;
    if (statusCode >= 300 || !/^(text\/html|$)/.test(headers['content-type'] ?? '')) return result;
    const body = await collect(response.body);
    response.body = body;
    if (!PAGE.test(Buffer.from(body).toString('latin1', 0, 200))) return result;
    throw Object.assign(new SyntaxError('a web page'), {
      $metadata: { httpStatusCode: statusCode },
      $response: { headers },
    });
  };
}
