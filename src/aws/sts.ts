/** Who is asking. */
import type { Identity } from '../domain/app.ts';

export interface Sts {
  /** Throws NoCredentials or AccessDenied. */
  readIdentity(): Promise<Identity>;
}
