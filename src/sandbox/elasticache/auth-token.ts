/** The rule for AUTH tokens (API reference, CreateReplicationGroup.AuthToken). */
import { invalidValue } from './rejection.ts';

export function checkAuthToken(token: string): void {
  if (!/^[A-Za-z0-9!&#$^<>-]{16,128}$/.test(token)) throw invalidValue('Invalid AuthToken provided.');
}
