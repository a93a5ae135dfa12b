/** What this thread has computed so far (ms): the turns of other programs do not count, as they do on a clock. */
export const computedMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
