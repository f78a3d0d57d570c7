/** The authority that signs the cache nodes' certificates, in the place of Amazon's public roots. */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  cryptoProvider,
} from '@peculiar/x509';

export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface CertificateAuthority {
  /** The authority's own certificate. */
  readonly pem: string;
  issue(hostNames: readonly string[]): Promise<IssuedCertificate>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 24 * 60 * 60 * 1000;

export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Sandbox Root CA',
    ...validity(),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });

  return {
    pem: authority.toString('pem'),
    async issue(hostNames) {
      const own = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const certificate = await X509CertificateGenerator.create({
        // A common name holds 64 characters and cache host names are longer: clients read the alternative names.
        subject: 'CN=Sandbox cache node',
        issuer: authority.subject,
        ...validity(),
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new BasicConstraintsExtension(false),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(hostNames.map((value) => ({ type: 'dns', value }))),
        ],
      });
      const key = KeyObject.from(own.privateKey).export({ type: 'pkcs8', format: 'pem' });
      return { certificate: certificate.toString('pem'), key: key.toString() };
    },
  };
}

/** Real time, whatever the sandbox's clock says: TLS clients compare with their own machine's. */
function validity(): { notBefore: Date; notAfter: Date } {
  const now = new Date().getTime();
  return { notBefore: new Date(now - DAY), notAfter: new Date(now + 365 * DAY) };
}
