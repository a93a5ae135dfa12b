import { remembered } from "./remembered.ts"
import { git } from "./run-git.ts"

/** How one file differs between two trees. */
export interface FileChange {
  readonly path: string
  readonly previous: string | null
  readonly status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed"
  readonly oid: string
  readonly additions: number
  readonly deletions: number
  /** The hunks as GitHub gives them (no file header); undefined for binary files and pure renames. */
  readonly patch: string | undefined
}

const statuses: Readonly<Record<string, FileChange["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  C: "copied",
  T: "changed",
}

/** The empty tree's well-known id: what a first commit is compared with. */
export const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

/** Files that differ between two trees or commits (full ids), with their hunks, in git's order. */
export const changesBetween = remembered(async (gitDirectory: string, before: string, after: string): Promise<Array<FileChange>> => {
  const [raw, patches] = await Promise.all([
    git(gitDirectory, ["diff", "--raw", "--numstat", "-z", "-M", "--no-abbrev", before, after]),
    git(gitDirectory, ["diff", "-p", "-M", "--no-color", "--no-ext-diff", before, after]),
  ])
  const hunks = patches
    .split(/^diff --git /mu)
    .slice(1)
    .map((text) => (/^@@/mu.test(text) ? text.slice(text.search(/^@@/mu)).replace(/\n$/u, "") : undefined))
  const { heads, counts } = parseRaw(raw.split("\0"))
  let patch = 0
  return heads.map((head, index) => {
    // A file that became a link (or back) is shown as one deletion and one addition.
    const own = hunks.slice(patch, patch + (head.status === "changed" ? 2 : 1)).filter((hunk) => hunk !== undefined)
    patch += head.status === "changed" ? 2 : 1
    return { ...head, ...(counts[index] ?? { additions: 0, deletions: 0 }), patch: own.length === 0 ? undefined : own.join("\n") }
  })
})

type Head = Pick<FileChange, "path" | "previous" | "status" | "oid">
type Count = Pick<FileChange, "additions" | "deletions">

/** `--raw --numstat -z`: first all raw records (they begin with a colon), then all counts; renames carry two paths. */
const parseRaw = (fields: ReadonlyArray<string>): { heads: Array<Head>; counts: Array<Count> } => {
  const heads: Array<Head> = []
  const counts: Array<Count> = []
  for (let at = 0; at < fields.length; ) {
    const field = fields[at] ?? ""
    if (field.startsWith(":")) {
      const [, , , oid = "", code = "M"] = field.split(" ")
      const status = statuses[code[0] ?? "M"] ?? "modified"
      const moved = status === "renamed" || status === "copied"
      const first = fields[at + 1] ?? ""
      heads.push({ path: moved ? (fields[at + 2] ?? "") : first, previous: moved ? first : null, status, oid })
      at += moved ? 3 : 2
    } else if (field === "") {
      at += 1
    } else {
      const [added = "0", removed = "0", path = ""] = field.split("\t")
      counts.push({ additions: Number(added) || 0, deletions: Number(removed) || 0 })
      at += path === "" ? 3 : 1
    }
  }
  return { heads, counts }
}

/** Ids of the commits reachable from `to` (and not from `not`), newest first; with `path`, those that changed it. */
export const commitIds = (
  gitDirectory: string,
  to: string,
  options: { readonly not?: string; readonly path?: string } = {},
): Promise<Array<string>> => reachable(gitDirectory, to, options.not ?? "", options.path ?? "")

const reachable = remembered(async (gitDirectory: string, to: string, not: string, path: string): Promise<Array<string>> => {
  const out = await git(gitDirectory, [
    "rev-list",
    "--topo-order",
    to,
    ...(not === "" ? [] : [`^${not}`]),
    "--",
    ...(path === "" ? [] : [path]),
  ])
  return out.split("\n").filter((line) => line !== "")
})
