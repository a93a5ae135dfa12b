/** SHA-256 in hexadecimal digits, as everything that travels names a text or bytes by. */
export const sha256Hex = (content: string | Uint8Array): string => new Bun.CryptoHasher("sha256").update(content).digest("hex")
