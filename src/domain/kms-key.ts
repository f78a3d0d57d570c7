/** How a KMS key is named (KMS developer guide, "Key identifiers"): by its id, an alias, or the ARN of either. */

const KEY_ID = '(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})';
const ALIAS = 'alias/[A-Za-z0-9/_-]{1,250}';
const NAME = new RegExp(`^(?:${KEY_ID}|${ALIAS})$`);
const ARN = new RegExp(`^arn:(aws[a-z-]*):kms:([a-z0-9-]+):(\\d{12}):(?:key/${KEY_ID}|${ALIAS})$`);

export interface KeyPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

export function isKeyName(text: string): boolean {
  return NAME.test(text) || ARN.test(text);
}

/** Undefined where the name does not tell. */
export function placeOfKey(name: string): KeyPlace | undefined {
  const [, partition, region, account] = ARN.exec(name) ?? [];
  return partition && region && account ? { partition, region, account } : undefined;
}
