/** The variable's URL as the probe is handed it: its task definition is readable by many, so no password is put there. */

export interface ProbeUrl {
  readonly url: string;
  readonly credentialsWithheld: boolean;
}

/** Undefined for what cannot be taken apart: whether a password is in it is then not known. */
export function probeUrl(value: string): ProbeUrl | undefined {
  const text = value.includes('://') ? value : `redis://${value}`;
  if (!URL.canParse(text)) return undefined;
  const { username, password, search, hash, host, pathname, protocol } = new URL(text);
  // Behind an @ that stands there may be the host, and what is read as one may be half a password.
  if (`${pathname}${search}${hash}`.includes('@')) return undefined;
  // Some clients take the password as a parameter; what is asked of the certificate is none.
  const parameters = /^\?ssl_cert_reqs=\w+$/.test(search) ? '' : search;
  const credentialsWithheld = [username, password, parameters, hash].some((part) => part !== '');
  const database = /^\/\d+$/.test(pathname) ? pathname : '';
  if (!credentialsWithheld && (database !== '' || pathname === '' || pathname === '/')) {
    return { url: value, credentialsWithheld };
  }
  return { url: `${protocol}//${host}${database}`, credentialsWithheld };
}
