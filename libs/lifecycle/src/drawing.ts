/** A whole number from 0 and below `n`. */
export type Draw = (n: number) => number

/** Mulberry32, small and fast: the same seed draws the same history, the same mischief. */
export const drawing = (seed: number): Draw => {
  let state = (seed + 1) * 0x9e3779b9
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}
