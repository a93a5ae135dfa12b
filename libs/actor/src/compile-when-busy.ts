let asked = false

/**
 * From the first piece of work on, what runs often is compiled as usual. A service that was built starts with the compiler holding back
 * (deploy/build): what only starting runs is not worth the memory, and a fleet that waits for its first failure stays small.
 */
export const workBegins = (): void => {
  if (asked) return
  asked = true
  Bun.unsafe.setJITPolicy(1)
}
