/** Milliseconds to wait after the n-th failed try (the first is 1): doubling, never more than `most`. */
export const backoff = (failures, first = 20, most = 2000) => Math.min(most, first * 2 ** (failures - 1))
