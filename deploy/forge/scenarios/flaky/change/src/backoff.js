/** Milliseconds to wait after the n-th failed try (the first is 1): doubling, never more than `most`. */
export const backoff = (failures, first = 20, most = 2000) => Math.min(most, first * 2 ** (failures - 1))

/** The waits before the 2nd to the n-th try, for showing to an operator. */
export const schedule = (tries) => Array.from({ length: tries - 1 }, (_, index) => backoff(index + 1))
