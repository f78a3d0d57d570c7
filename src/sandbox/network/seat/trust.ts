/** The sandbox's certificate authority, trusted beside the usual ones or beside those that the program names itself. */
import tls from 'node:tls';

/**
 * Not NODE_EXTRA_CA_CERTS: that costs 20 ms at every start, programs without TLS included, and a container may have its own.
 */
export function trustAuthority(certificateAuthority: string): void {
  const plain = tls.createSecureContext;
  const createSecureContext = (options?: tls.SecureContextOptions): tls.SecureContext => {
    const secureContext = plain(options);
    (secureContext.context as { addCACert(pem: string): void }).addCACert(certificateAuthority);
    return secureContext;
  };
  Object.assign(tls, { createSecureContext });
}
