/** A line may hold a secret: look at it closely. */
export const SECRET = 1
/** A line may say that something went wrong: look at it closely. */
export const TROUBLE = 2

const each = (prefix: string, lasts: string): ReadonlyArray<string> => Array.from(lasts, (last) => prefix + last)
const words = (list: string): ReadonlyArray<string> => list.split(" ").map((word) => word.slice(0, 4))
const LETTERS = "abcdefghijklmnopqrstuvwxyz"
const DIGITS = "0123456789"
const ALNUM = LETTERS + DIGITS

/** Four bytes of everything `secrets.ts` recognises; the tests hold the two together. */
const SECRET_GRAMS: ReadonlyArray<string> = [
  ...words("ghp_ gho_ ghu_ ghs_ ghr_ b_pat akia asia ks.slack npm_ pi-a glpat aiza dop_v doo_v -begin"),
  ...words("sword sswd phrase token ecret pi_key pikey pi-key credential orization bearer asic ookie sig= signature amz-"),
  ...words("ss_key ss-key sskey nt_key nt-key ntkey te_key te-key tekey ng_key ng-key ngkey on_key on-key onkey se_key se-key sekey"),
  ...words("ed_key ed-key edkey _auth k_live k_test -user"),
  ...[" -u ", "\n-u "],
  ...["pwd", "ass"].flatMap((name) => each(name, `=: "'\`_\\\u001b\t${DIGITS}`)),
  ...each("pwd", LETTERS),
  ...each("xox", "abcdeprs"),
  ...each("sk-", `${ALNUM}_-`),
  ...each("hf_", ALNUM),
  ...each("sg.", `${ALNUM}_-`),
  ...each("eyj", `${ALNUM}_-`),
  ...each("://", `${ALNUM}%$._-+!*~:`),
]

/** Four bytes of everything `marks.ts` recognises; held together by the tests too. */
const TROUBLE_GRAMS: ReadonlyArray<string> = [
  ...words(
    "error err! err_ fail fatal panic xception traceback exit abort killed oomkilled shutdown lost stdout enospc econn eai_ etimedout",
  ),
  ...words(
    "enotfound toomany limit exceeded memory many gateway unavailable unable valid missing denied cannot could would unknown unused",
  ),
  ...words("imeout imed dard: yn00 warn .py: .go: .kt: .kts ##[group ##[error"),
  ...["ot o", "t fo", "no s", "--> "],
  ...["✖", "✗", "✘", "✕", "●"].flatMap((sign) => each(sign, " \u001b")),
  ...[" × ", "\n× ", "m× ", "×\u001b[", "━━"],
]

/** Lower case for ASCII letters, every other byte as it is. */
export const FOLD = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))

/** The last four bytes, folded, as a signed 32-bit word. */
const wordOf = (bytes: Uint8Array): number => bytes.subarray(-4).reduce((word, byte) => (word << 8) | (FOLD[byte] ?? 0), 0)

/**
 * A perfect hash of four-byte words: a slot holds the number of its word, the number leads to the exact word and its meaning.
 * One multiplication and two small loads per byte of log answer "does anything of interest end here?".
 */
export interface Grams {
  readonly multiplier: number
  /** Slot (see {@link SLOT_SHIFT}) to number, 0 for none. */
  readonly slots: Uint16Array
  readonly words: Int32Array
  readonly flags: Uint8Array
}

/** `Math.imul(word, multiplier) >>> SLOT_SHIFT` is a word's slot. */
export const SLOT_SHIFT = 18

const encoder = new TextEncoder()

/** The table for secrets, for trouble, and for values known to be secret, by their first four bytes (shorter ones cannot be in it). */
export const makeGrams = (values: ReadonlyArray<string>): Grams => {
  const meaning = new Map<number, number>()
  const add = (text: string, from: number, flag: number) => {
    const bytes = encoder.encode(text)
    if (bytes.length < 4) throw new Error(`a gram needs four bytes: ${text}`)
    const word = wordOf(from === 0 ? bytes.subarray(0, 4) : bytes)
    meaning.set(word, (meaning.get(word) ?? 0) | flag)
  }
  for (const gram of SECRET_GRAMS) add(gram, -4, SECRET)
  for (const gram of TROUBLE_GRAMS) add(gram, -4, TROUBLE)
  for (const value of values) add(value, 0, SECRET)
  const exact = Int32Array.from([0, ...meaning.keys()])
  const flags = Uint8Array.from([0, ...meaning.values()])
  for (let multiplier = 0x9e3779b1; ; multiplier = (Math.imul(multiplier, 0x85ebca6b) + 0x165667b2) | 1) {
    const slots = place(exact, multiplier)
    if (slots !== undefined) return { multiplier, slots, words: exact, flags }
  }
}

/** Every word in a slot of its own, or nothing if two fall together under this multiplier. */
const place = (exact: Int32Array, multiplier: number): Uint16Array | undefined => {
  const slots = new Uint16Array(2 ** (32 - SLOT_SHIFT))
  for (let index = 1; index < exact.length; index += 1) {
    const slot = Math.imul(exact[index] ?? 0, multiplier) >>> SLOT_SHIFT
    if (slots[slot] !== 0) return undefined
    slots[slot] = index
  }
  return slots
}
