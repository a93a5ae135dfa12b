/** A memory's name: the same for every word about one attempt of one run. */
export const memoryIdOf = (runId: string, attempt: number): string =>
  `mem_${new Bun.CryptoHasher("sha256").update(`${runId}/${attempt}`).digest("hex").slice(0, 24)}`
