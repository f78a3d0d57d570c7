/** Cookie values that only the load balancer can make or read; each holds its issue time, since its life is judged here. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class CookieSeal {
  private readonly key = randomBytes(32);

  seal(content: string, now: number): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce);
    const sealed = Buffer.concat([cipher.update(JSON.stringify({ content, issued: now })), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Undefined for a forged, foreign or stale value. */
  open(value: string | undefined, now: number, durationMs: number): string | undefined {
    if (value === undefined) return undefined;
    const bytes = Buffer.from(value, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    const opener = createDecipheriv(CIPHER, this.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    opener.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const text = Buffer.concat([opener.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), opener.final()]);
      const { content, issued } = JSON.parse(text.toString()) as { content: string; issued: number };
      return now - issued <= durationMs ? content : undefined;
    } catch {
      return undefined;
    }
  }
}
