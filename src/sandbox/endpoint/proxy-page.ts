/** What a proxy between the client and AWS answers when it cannot reach AWS: a page for people. */
import type { WireAnswer } from '../wire/wire.ts';

export const proxyPage: WireAnswer = {
  status: 503,
  contentType: 'text/html',
  body: '<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>',
};
