import type { ObjectReader } from "./object-reader.ts"
import { writeObject } from "./object-writer.ts"

/** One line of a tree. `mode` is as git stores it: `40000` for a directory. */
export interface TreeEntry {
  readonly mode: string
  readonly name: string
  readonly oid: string
}

/** A change to a tree: what stands at `path` from now on; null takes it away. */
export interface TreeChange {
  readonly path: string
  readonly mode: string
  readonly oid: string | null
}

/** What kind of object an entry of a tree leads to. */
export const typeOfMode = (mode: string): "blob" | "tree" | "commit" => (mode === "40000" ? "tree" : mode === "160000" ? "commit" : "blob")

/** Reads a tree object. */
const parseTree = (content: Buffer): Array<TreeEntry> => {
  const entries: Array<TreeEntry> = []
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at)
    const nul = content.indexOf(0, space)
    entries.push({
      mode: content.toString("latin1", at, space),
      name: content.toString("utf8", space + 1, nul),
      oid: content.toString("hex", nul + 1, nul + 21),
    })
    at = nul + 21
  }
  return entries
}

/** git orders directories as if their names ended with a slash. */
const sortKey = (entry: TreeEntry): Buffer => Buffer.from(entry.mode === "40000" ? `${entry.name}/` : entry.name)

const printTree = (entries: Iterable<TreeEntry>): Buffer =>
  Buffer.concat(
    [...entries]
      .sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)))
      .flatMap((entry) => [Buffer.from(`${entry.mode} ${entry.name}\0`), Buffer.from(entry.oid, "hex")]),
  )

/** The entries of a tree; none when there is no such tree. */
export const readTree = async (reader: ObjectReader, oid: string): Promise<Array<TreeEntry>> => {
  const found = await reader.read(oid)
  return found?.type === "tree" ? parseTree(found.content) : []
}

/** Writes the tree that `base` (or the empty tree) becomes with the changes, and gives its id. Directories left empty vanish. */
export const changeTree = async (
  reader: ObjectReader,
  gitDirectory: string,
  base: string | undefined,
  changes: ReadonlyArray<TreeChange>,
): Promise<string> => (await changed(reader, gitDirectory, base, changes)) ?? writeObject(gitDirectory, "tree", Buffer.alloc(0))

const changed = async (
  reader: ObjectReader,
  gitDirectory: string,
  base: string | undefined,
  changes: ReadonlyArray<TreeChange>,
): Promise<string | undefined> => {
  const entries = new Map((base === undefined ? [] : await readTree(reader, base)).map((entry) => [entry.name, entry]))
  const deeper = new Map<string, Array<TreeChange>>()
  for (const change of changes) {
    const slash = change.path.indexOf("/")
    if (slash >= 0) {
      const name = change.path.slice(0, slash)
      deeper.set(name, [...(deeper.get(name) ?? []), { ...change, path: change.path.slice(slash + 1) }])
    } else if (change.oid === null) entries.delete(change.path)
    else entries.set(change.path, { mode: change.mode, name: change.path, oid: change.oid })
  }
  for (const [name, inside] of deeper) {
    const current = entries.get(name)
    const oid = await changed(reader, gitDirectory, current?.mode === "40000" ? current.oid : undefined, inside)
    if (oid === undefined) entries.delete(name)
    else entries.set(name, { mode: "40000", name, oid })
  }
  return entries.size === 0 ? undefined : writeObject(gitDirectory, "tree", printTree(entries.values()))
}

/** An entry with its whole path. */
export interface FlatEntry extends TreeEntry {
  readonly path: string
}

/** All entries below a tree; with `deep` those of its directories too. */
export const walkTree = async (reader: ObjectReader, oid: string, deep: boolean, prefix = ""): Promise<Array<FlatEntry>> => {
  const found: Array<FlatEntry> = []
  for (const entry of await readTree(reader, oid)) {
    const path = `${prefix}${entry.name}`
    found.push({ ...entry, path })
    if (deep && entry.mode === "40000") found.push(...(await walkTree(reader, entry.oid, true, `${path}/`)))
  }
  return found
}

/** What stands at a path of a tree; the empty path is the tree itself. */
export const entryAt = async (reader: ObjectReader, tree: string, path: string): Promise<TreeEntry | undefined> => {
  let current: TreeEntry | undefined = { mode: "40000", name: "", oid: tree }
  for (const name of path.split("/").filter((part) => part !== "")) {
    if (current?.mode !== "40000") return undefined
    current = (await readTree(reader, current.oid)).find((entry) => entry.name === name)
  }
  return current
}
