/** The end of a secret: after a recovery window in which it can be taken back, or at once and for good. */
import type {
  DeleteSecretRequest,
  DeleteSecretResponse,
  RestoreSecretRequest,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../clock.ts';
import type { Operations } from '../service.ts';
import { invalidParameter, invalidRequest } from './rejection.ts';
import type { SecretStore } from './secret-store.ts';

const DAY = 86_400_000;
const DEFAULT_WINDOW = 30;
/** "The operation is asynchronous": the name is free again only after a while (DeleteSecret, ForceDeleteWithoutRecovery). */
const TO_DELETE = 10_000;

export function deletionOperations(store: SecretStore, clock: Clock): Operations {
  return {
    DeleteSecret: (input: DeleteSecretRequest): DeleteSecretResponse => {
      const { SecretId = '', RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false } = input;
      if (force && days !== undefined) {
        throw invalidParameter(
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
      }
      if (days !== undefined && (days < 7 || days > 30)) {
        throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
      }
      // "If you forcibly delete an already deleted or nonexistent secret, the operation does not return
      // ResourceNotFoundException."
      if (force && !store.find(SecretId)) {
        const arn = SecretId.startsWith('arn:') ? SecretId : store.newArn(SecretId);
        return { ARN: arn, Name: SecretId, DeletionDate: new Date(clock.now()) };
      }
      const secret = store.get(SecretId);
      if (secret.deletion && !force) {
        throw invalidRequest(
          "You tried to perform the operation on a secret that's currently marked deleted.",
        );
      }
      secret.deletion?.cancel();
      const now = clock.now();
      const window = force ? 0 : (days ?? DEFAULT_WINDOW) * DAY;
      const deletionDate = new Date(now + window);
      secret.deletion = {
        deletedDate: new Date(now),
        deletionDate,
        cancel: afterDays(clock, force ? TO_DELETE : window, () => store.delete(secret)),
      };
      return { ARN: secret.arn, Name: secret.name, DeletionDate: deletionDate };
    },

    RestoreSecret: ({ SecretId }: RestoreSecretRequest) => {
      const secret = store.get(SecretId);
      secret.deletion?.cancel();
      delete secret.deletion;
      return { ARN: secret.arn, Name: secret.name };
    },
  };
}

/** The machine's timers reach no further than 24 days, and a recovery window does. */
function afterDays(clock: Clock, ms: number, run: () => void): () => void {
  const first = Math.min(ms, 20 * DAY);
  let cancel = clock.after(first, () => {
    if (first === ms) run();
    else cancel = afterDays(clock, ms - first, run);
  });
  return () => cancel();
}
