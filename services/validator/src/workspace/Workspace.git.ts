/** The workspace over real git: mirrors filled from `CI_HEALING_MIRROR_URL`, trees checked out once, views as overlay mounts or copies. */
import { join } from "node:path"
import { Effect, Layer } from "effect"
import { Sandbox } from "../sandbox/Sandbox.ts"
import { diffCommits, type Git, listAncestors, listEntries, readBlobs, searchText } from "./git-mirror.ts"
import { checkOut, filesOf, stageChanges, treeShaOf } from "./git-tree.ts"
import { chooseView } from "./make-view.ts"
import { type FileChange, type Source, type TreeEntry, Workspace, WorkspaceUnavailable } from "./Workspace.ts"
import { makeCache } from "./workspace-cache.ts"
import { makeLayer, readLayer, writeNew } from "./workspace-layer.ts"
import { makeMirrors, repositoryKey } from "./workspace-mirrors.ts"
import { treeShare, workspaceSettings } from "./workspace-settings.ts"
import { takeSlot } from "./workspace-slot.ts"
import { writeIntoView } from "./write-into-view.ts"

const defaultReadBytes = 1024 * 1024
/** Listings of commits kept in memory; one of 300,000 files is some 60 MB. */
const listingsKept = 3

export const layer = Layer.effect(
  Workspace,
  Effect.gen(function* () {
    const settings = yield* workspaceSettings
    const { user } = yield* Sandbox
    const slot = yield* takeSlot(settings.directory)
    const cache = yield* makeCache(slot, settings.maxMb)
    const makeView = yield* chooseView(slot, user, settings.views)
    const mirrorWith = makeMirrors(cache, settings, join(slot, "gitconfig"))
    const listings = new Map<string, ReadonlyArray<TreeEntry>>()
    let views = 0

    const asked = <A, E>(source: Source, ask: (git: Git) => Effect.Effect<A, E>) =>
      Effect.scoped(Effect.flatMap(mirrorWith(source, source.commitSha), ({ git }) => ask(git)))

    const tree = (source: Source) =>
      cache.use("trees", `${repositoryKey(source)}-${source.commitSha}`, (directory) =>
        asked(source, (git) => checkOut(git, source.commitSha, directory, user, settings.maxMb * treeShare)),
      )

    const stage = Effect.fnUntraced(function* (source: Source, changes: ReadonlyArray<FileChange>, treePath: string) {
      if (changes.length === 0) return { treeSha: yield* treeShaOf(treePath), staged: "" }
      const { git, path } = yield* mirrorWith(source, source.commitSha)
      return yield* stageChanges(git, path, treePath, changes, yield* cache.temporary)
    })

    const entries = Effect.fnUntraced(function* (source: Source) {
      const key = `${repositoryKey(source)}-${source.commitSha}`
      const found = listings.get(key) ?? (yield* asked(source, (git) => listEntries(git, source.commitSha)))
      listings.delete(key)
      listings.set(key, found)
      for (const oldest of [...listings.keys()].slice(0, -listingsKept)) listings.delete(oldest)
      return found
    })

    const read = Effect.fn("workspace.read")(function* (source: Source, paths: ReadonlyArray<string>, maxBytes = defaultReadBytes) {
      const wanted = new Set(paths)
      const found = (yield* entries(source)).filter(
        ({ path, mode, bytes }) => wanted.has(path) && mode.startsWith("100") && bytes <= maxBytes,
      )
      const blobs = yield* asked(source, (git) => readBlobs(git, [...new Set(found.map(({ blob }) => blob))], maxBytes))
      return new Map(
        found.flatMap(({ path, blob }) => {
          const content = blobs.get(blob)
          return content === undefined ? [] : [[path, content] as const]
        }),
      )
    })

    const layerGone = (key: string) => new WorkspaceUnavailable({ reason: `The layer ${key} was removed to make room.` })

    return Workspace.of({
      prepare: (source) => Effect.scoped(Effect.asVoid(tree(source))),
      view: Effect.fn("workspace.view")(function* (source, { changes = [], layers = [] } = {}) {
        const treePath = yield* tree(source)
        const { treeSha, staged } = yield* stage(source, changes, treePath)
        const below = yield* Effect.forEach(layers, ({ key }) => cache.use("layers", key, () => Effect.fail(layerGone(key))))
        views += 1
        const { root, upper } = yield* makeView(String(views), [...below.map(filesOf), filesOf(treePath)])
        yield* writeIntoView(root, staged, changes, user)
        return { root, treeSha, ...(upper === undefined ? {} : { measure: upper }) }
      }),
      layer: (key, make) =>
        cache
          .use("layers", key, (directory) => makeLayer(directory, make, user))
          .pipe(
            Effect.flatMap(readLayer),
            Effect.map((facts) => ({ key, ...facts })),
            Effect.scoped,
          ),
      temporary: cache.temporary,
      write: Effect.fn("workspace.write")(function* (source, paths, directory) {
        const contents = yield* read(source, paths)
        for (const path of paths) yield* writeNew(directory, path, contents.get(path))
      }),
      entries,
      read,
      search: (source, text, limit) => asked(source, (git) => searchText(git, source.commitSha, text, limit)),
      ancestors: (source, limit) => asked(source, (git) => listAncestors(git, source.commitSha, limit)),
      diff: (source, from, to) => Effect.scoped(Effect.flatMap(mirrorWith(source, from, to), ({ git }) => diffCommits(git, from, to))),
    })
  }),
)
