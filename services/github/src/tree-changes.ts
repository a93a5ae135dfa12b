import type { Patch } from "@ci-fix-pilot/contract/values"
import { applyDiff } from "@ci-fix-pilot/patch/apply"
import type { FileDiff } from "@ci-fix-pilot/patch/diff"
import { parseDiff } from "@ci-fix-pilot/patch/parse"
import { Effect, Schema } from "effect"
import { GitHub, type TreeChange, type TreeEntry } from "./GitHub.ts"

/** The patch cannot be carried over to GitHub's tree of the commit. */
export class NotCarriedOver extends Schema.TaggedError<NotCarriedOver>()("NotCarriedOver", { why: Schema.String }) {
  override get message() {
    return this.why
  }
}

const parallel = 4
const plainFile = "100644"

/** What a patch makes of a tree, as the changes that GitHub is asked for. Only the touched files and the folders they lie in are read. */
export const treeChanges = Effect.fn("treeChanges")(function* (repository: string, treeSha: string, patch: Patch) {
  const diff = yield* parseDiff(patch.diff).pipe(Effect.mapError((error) => new NotCarriedOver({ why: error.message })))
  const paths = [...new Set(diff.flatMap((file) => [file.oldPath, file.newPath]))]
  const entries = yield* entriesAt(repository, treeSha, paths)
  const contents = yield* Effect.forEach(
    entries,
    ([path, entry]) => Effect.map(textOf(repository, path, entry), (text) => [path, text] as const),
    {
      concurrency: parallel,
    },
  )
  const changed = yield* applyDiff(diff, new Map(contents)).pipe(Effect.mapError((error) => new NotCarriedOver({ why: error.message })))
  const modes = new Map(diff.map((file) => [file.newPath, modeOf(file, entries)]))
  return [...changed].map(([path, content]): TreeChange => {
    const mode = modes.get(path) ?? plainFile
    return content === undefined ? { path, mode: entries.get(path)?.mode ?? mode, sha: null } : { path, mode, content }
  })
})

/** The entries of those paths that exist. Each folder is read once. */
const entriesAt = Effect.fnUntraced(function* (repository: string, rootSha: string, paths: ReadonlyArray<string>) {
  const github = yield* GitHub
  const folders = new Map<string, ReadonlyArray<TreeEntry>>([["", yield* github.tree(repository, rootSha)]])
  const found = new Map<string, TreeEntry>()
  for (const path of paths) {
    const names = path.split("/")
    for (const [depth, name] of names.entries()) {
      const entry = folders.get(names.slice(0, depth).join("/"))?.find((one) => one.path === name)
      if (entry === undefined) break
      const here = names.slice(0, depth + 1).join("/")
      if (depth === names.length - 1) found.set(path, entry)
      else if (entry.type === "tree" && !folders.has(here)) folders.set(here, yield* github.tree(repository, entry.sha))
    }
  }
  return found
})

const textOf = Effect.fnUntraced(function* (repository: string, path: string, entry: TreeEntry) {
  if (!/^100/u.test(entry.mode)) return yield* new NotCarriedOver({ why: `${path} is no plain file (mode ${entry.mode})` })
  const bytes = yield* GitHub.use((github) => github.blob(repository, entry.sha))
  return yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    catch: () => new NotCarriedOver({ why: `${path} is not UTF-8 text` }),
  })
})

const modeOf = (file: FileDiff, entries: ReadonlyMap<string, TreeEntry>): string =>
  file.newMode ?? entries.get(file.oldPath)?.mode ?? plainFile
