const round = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0))

/** Milliseconds for people: `420 ms`, `3.2 s`, `2 min 5 s`. */
export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${round(ms / 1_000)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
