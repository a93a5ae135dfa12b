/** Progress for the person at the terminal; standard output stays for results. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Seconds with one decimal since a `performance.now()`. */
export const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`

/** The component cannot be had here; the message says why and the exact line that would help. */
export class CannotProvide extends Error {
  override readonly name = "CannotProvide"
}
