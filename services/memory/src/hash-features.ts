import type { Embedded } from "./Memories.ts"

export const dimensions = 384
/** The name that its vectors are kept under. */
export const hashedModel = `hashed-${dimensions}`

/** FNV-1a, 32 bits: stable everywhere and for ever, because stored vectors depend on it. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index)
    value = Math.imul(value, 0x01000193)
  }
  return value >>> 0
}

/** Words, pairs of neighbours and letter triples, without what changes from run to run (numbers, hex, quotes). */
const featuresOf = (text: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  const count = (feature: string, weight: number) => counts.set(feature, (counts.get(feature) ?? 0) + weight)
  const words = text
    .toLowerCase()
    .replaceAll(/0x[0-9a-f]+|\b[0-9a-f]{7,}\b|\d+/gu, "#")
    .split(/[^\p{L}\p{N}_#$.]+/u)
    .filter((word) => word.length > 1 && word.length < 80)
  for (const [index, word] of words.entries()) {
    count(`w:${word}`, 1)
    const next = words[index + 1]
    if (next !== undefined) count(`p:${word} ${next}`, 0.5)
    for (let at = 0; at + 3 <= word.length; at += 1) count(`t:${word.slice(at, at + 3)}`, 0.15)
  }
  return counts
}

/** A unit vector of a text by feature hashing (Weinberger et al. 2009): no service, no model, the same on every machine. */
export const hashFeatures = (text: string): ReadonlyArray<number> => {
  const vector = new Array<number>(dimensions).fill(0)
  for (const [feature, weight] of featuresOf(text)) {
    const value = hash(feature)
    const index = value % dimensions
    vector[index] = (vector[index] ?? 0) + (value & 0x80000000 ? -1 : 1) * Math.log1p(weight)
  }
  const length = Math.hypot(...vector)
  if (length === 0) return vector.map((_, index) => (index === 0 ? 1 : 0))
  return vector.map((value) => value / length)
}

/** The same as something to keep and to compare. */
export const embedByHash = (text: string): Embedded => ({ model: hashedModel, vector: hashFeatures(text) })
