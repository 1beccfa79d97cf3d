import { randomFillSync } from 'node:crypto';

const SALT_BYTES = 16;
/** Fetched in advance, because each call to the system's generator costs as much as hashing a value. */
const pool = Buffer.alloc(512 * SALT_BYTES);
let used = pool.length;

/** 16 random bytes in hex, handed out once. */
export function newSalt(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = pool.toString('hex', used, used + SALT_BYTES);
  pool.fill(0, used, used + SALT_BYTES);
  used += SALT_BYTES;
  return salt;
}
