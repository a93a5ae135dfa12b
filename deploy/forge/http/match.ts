/** A path template of GitHub's API description, ready to be matched: `/repos/{owner}/{repo}/git/ref/{ref}`. */
export interface Pattern {
  readonly template: string
  readonly match: (path: string) => Readonly<Record<string, string>> | undefined
}

/** Parameters that hold slashes when a client leaves them unescaped; only as the last segment. */
const greedy = new Set(["ref", "path", "branch", "basehead"])

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Makes a template ready to be matched. */
export const pattern = (template: string): Pattern => {
  const names: Array<string> = []
  const source = template.replace(/[.+*()[\]^$|\\]/gu, "\\$&").replace(/\{(\w+)\}/gu, (_, name: string, at: number) => {
    names.push(name)
    const last = at + name.length + 2 === template.length
    return last && greedy.has(name) ? "(.*)" : "([^/]+)"
  })
  // The root of a repository's contents is asked for with and without the last slash.
  const regex = new RegExp(`^${template.endsWith("/{path}") ? source.replace("/(.*)", "(?:/(.*))?") : source}$`, "u")
  return {
    template,
    match: (path) => {
      const found = regex.exec(path)
      if (found === null) return undefined
      const params: Record<string, string> = {}
      for (const [index, name] of names.entries()) {
        const value = decoded(found[index + 1] ?? "")
        if (value === undefined) return undefined
        params[name] = value
      }
      return params
    },
  }
}

const weight = (template: string): number => template.split("/").reduce((sum, part) => sum + (part.startsWith("{") ? 1 : 100), 0)

/** Routes with more literal segments first, so that `/commits/{ref}/status` is not taken for the commit `main/status`. */
export const bySpecificity = <R extends { readonly path: string }>(routes: ReadonlyArray<R>): Array<R> =>
  [...routes].sort((a, b) => weight(b.path) - weight(a.path))
