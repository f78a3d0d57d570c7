/** Who signed a request, for which region and service. The signature itself is not checked. */

export interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  /** The name that the service signs with. */
  readonly service: string;
}

/** Undefined when the header is not one that AWS's Signature Version 4 makes. */
export function parseCredential(authorization: string | undefined): Credential | undefined {
  const scope =
    /^AWS4-HMAC-SHA256 .*\bCredential=([^/\s,]+)\/\d{8}\/([^/\s,]+)\/([^/\s,]+)\/aws4_request/.exec(
      authorization ?? '',
    );
  const [, accessKeyId, region, service] = scope ?? [];
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined;
}
