/** What an application load balancer answers by itself: redirects, fixed responses, and its gateway errors. */
import { STATUS_CODES, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';

export interface OwnResponse {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string;
}

/** 502: the target refused, broke off or answered nonsense; 503: no targets; 504: it did not answer in time. */
export function gatewayError(status: 502 | 503 | 504): OwnResponse {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return own(status, { 'content-type': 'text/html' }, body);
}

export function fixedResponse({ FixedResponseConfig: config }: Action): OwnResponse {
  return own(
    Number(config?.StatusCode),
    { 'content-type': config?.ContentType ?? 'text/plain' },
    config?.MessageBody ?? '',
  );
}

export function redirect(
  { RedirectConfig: config }: Action,
  request: IncomingMessage,
  port: number,
): OwnResponse {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  const values: Record<string, string> = {
    protocol: 'http',
    host: url.hostname,
    port: String(port),
    path: url.pathname.slice(1),
    query: url.search.slice(1),
  };
  const fill = (template = ''): string =>
    template.replace(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => values[name] ?? '');
  const query = fill(config?.Query);
  const place = `${fill(config?.Protocol).toLowerCase()}://${fill(config?.Host)}:${fill(config?.Port)}${fill(config?.Path)}`;
  return own(
    config?.StatusCode === 'HTTP_302' ? 302 : 301,
    { location: query ? `${place}?${query}` : place },
    '',
  );
}

function own(status: number, headers: OutgoingHttpHeaders, body: string): OwnResponse {
  return {
    status,
    headers: { server: 'awselb/2.0', ...headers, 'content-length': Buffer.byteLength(body) },
    body,
  };
}
