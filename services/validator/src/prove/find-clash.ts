/** New files of a patch where something else is already: git would take that away without a word, a directory with all that is in it. */
import type { FileChange } from "../workspace/Workspace.ts"

export interface Clash {
  readonly path: string
  readonly why: string
}

/** `a/b` and `a` of `a/b/c`. */
const directoriesOf = (path: string): ReadonlyArray<string> =>
  [...path.matchAll(/\//gu)].map(({ index }) => path.slice(0, index)).toReversed()

/** `there`: all paths of the commit, of whatever kind. Undefined when every new file has a place of its own. */
export const findClash = (changes: ReadonlyArray<Pick<FileChange, "path" | "content">>, there: ReadonlySet<string>): Clash | undefined => {
  const gone = new Set(changes.flatMap(({ path, content }) => (content === null ? [path] : [])))
  const written = changes.flatMap(({ path, content }) => (content === null ? [] : [path]))
  const created = new Set(written.filter((path) => !there.has(path)))
  if (created.size === 0) return undefined
  const isFile = (path: string) => created.has(path) || (there.has(path) && !gone.has(path))
  for (const path of created) {
    const file = directoriesOf(path).find(isFile)
    if (file !== undefined) return { path, why: `${file} is a file` }
  }
  for (const path of there) {
    if (gone.has(path)) continue
    const directory = directoriesOf(path).find((one) => created.has(one))
    if (directory !== undefined) return { path: directory, why: "it is a directory" }
  }
  return undefined
}
