import { timingSafeEqual } from "node:crypto"

const hex = /^[0-9a-f]{64}$/iu

const hmac = (secret: string, body: Uint8Array): Uint8Array => new Bun.CryptoHasher("sha256", secret).update(body).digest()
const legacy = (secret: string, errorLog: string): Uint8Array => new Bun.CryptoHasher("sha256").update(`${secret}:${errorLog}`).digest()

/** Compares with every secret, always all of them, so that the time says nothing about which one came close. */
const matchesAny = (given: string, secrets: ReadonlyArray<string>, sign: (secret: string) => Uint8Array): boolean => {
  if (!hex.test(given)) return false
  const signature = Buffer.from(given, "hex")
  return secrets.reduce((found, secret) => timingSafeEqual(signature, sign(secret)) || found, false)
}

/** Whether `sha256=<hex HMAC-SHA256 of the raw body>` was made with one of the secrets. */
export const isSigned = (body: Uint8Array, header: string, secrets: ReadonlyArray<string>): boolean =>
  header.startsWith("sha256=") && matchesAny(header.slice("sha256=".length), secrets, (secret) => hmac(secret, body))

/** The older scheme, `hex(sha256(secret + ":" + errorLog))`: it covers nothing but the log, so it is accepted only on request. */
export const isSignedLegacy = (errorLog: string, header: string, secrets: ReadonlyArray<string>): boolean =>
  matchesAny(header, secrets, (secret) => legacy(secret, errorLog))
