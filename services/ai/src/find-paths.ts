/** A place that a log speaks of. */
export interface Place {
  readonly path: string
  readonly line?: number
}

/** A path with an extension, maybe followed by a line as tools write it: `a.ts:3`, `a.ts(3,1)`, `File "a.py", line 3`. */
const PLACE =
  /\/?(?:[\w@.+-]{1,100}\/){0,20}[\w@.+-]{1,100}\.[A-Za-z][A-Za-z0-9]{0,9}\b(?:"?, line (\d{1,7})|:(\d{1,7})|\((\d{1,7})[,)])?/gu
/** Where checkouts stand on runners and in sandboxes. */
const ROOTS = /^\/(?:workspace|home\/runner\/work\/[^/]+\/[^/]+|github\/workspace|__w\/[^/]+\/[^/]+|builds\/[^/]+\/[^/]+)\//u
/** Files that belong to the machine or to a tool rather than to the repository. */
const FOREIGN = /^\/|(?:^|\/)(?:node_modules|site-packages|dist-packages|\.git|\.cargo|\.rustup|\.venv|go\/pkg)\//u

/** The repository's files that a text names, in order of appearance, each once, with the first line number said of it. */
export const findPaths = (text: string, limit: number): ReadonlyArray<Place> => {
  const places = new Map<string, Place>()
  for (const match of text.matchAll(PLACE)) {
    const [whole, ...lines] = match
    const path = pathOf(whole)
    const line = lines.find((number) => number !== undefined)
    const known = places.get(path)
    if (!isOfRepository(path) || known?.line !== undefined || (known !== undefined && line === undefined)) continue
    if (known === undefined && places.size >= limit) break
    places.set(path, line === undefined ? { path } : { path, line: Number(line) })
  }
  return [...places.values()]
}

const pathOf = (place: string): string =>
  place
    .replace(/(?:"?, line \d+|:\d+|\(\d+[,)])$/u, "")
    .replace(/^(?:\.\/)+/u, "")
    .replace(ROOTS, "")

const isOfRepository = (path: string): boolean =>
  !FOREIGN.test(path) && !path.split("/").includes("..") && !/^\d+(?:\.\d+)*\w?$/u.test(path)
