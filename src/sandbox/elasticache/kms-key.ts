/** How the key of the encryption at rest may be named: by its id, an alias, or the ARN of either (KMS developer guide, "Key identifiers"). */
import { invalidValue } from './rejection.ts';

const KEY = '(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})';
const ALIAS = 'alias/[A-Za-z0-9/_-]+';

/** No key is looked up: the sandbox has none. */
export function checkKmsKey(name: string | undefined, region: string): void {
  if (name === undefined) return;
  const arn = `arn:aws:kms:${region}:\\d{12}:(key/${KEY}|${ALIAS})`;
  if (new RegExp(`^(${KEY}|${ALIAS}|${arn})$`).test(name)) return;
  throw invalidValue(`Invalid KMS key: ${name}.`);
}
