/**
 * A key that nobody else makes, 128 random bits in hex: whatever is sent twice under it is done once. `crypto.randomUUID` would not do:
 * browsers have it only on https and on this machine itself.
 */
export const makeKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")
