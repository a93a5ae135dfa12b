const literally = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&")

/** `*` stands for anything but a slash, `**` for anything. Case does not matter: hosts ignore it too. */
const matcher = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .split("**")
      .map((part) => part.split("*").map(literally).join("[^/]*"))
      .join(".*")}$`,
    "iu",
  )

/** Whether webhooks of a repository are welcome. No globs: all are. */
export const makeAllowed = (globs: ReadonlyArray<string>): ((repository: string) => boolean) => {
  const matchers = globs.map(matcher)
  return (repository) => matchers.length === 0 || matchers.some((one) => one.test(repository))
}
