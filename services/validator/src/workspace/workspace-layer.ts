/** How a layer lies in the cache: its files, and beside them what a try needs to know of them. */
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect, Schema } from "effect"
import type { SandboxUser } from "../sandbox/Sandbox.ts"
import { filesOf, giveTo } from "./git-tree.ts"
import { isPlainPath } from "./plain-path.ts"
import { CommitUnusable, LayerFacts, WorkspaceUnavailable } from "./Workspace.ts"

const io = <A>(run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => new WorkspaceUnavailable({ reason: `The workspace's disk: ${String(cause)}` }) })

const factsFile = (entry: string): string => join(entry, "facts.json")
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(LayerFacts))

/** Fills a new entry. */
export const makeLayer = Effect.fnUntraced(function* <E, R>(
  entry: string,
  make: (directory: string) => Effect.Effect<LayerFacts, E, R>,
  user: SandboxUser,
) {
  yield* io(() => mkdir(filesOf(entry), { mode: 0o755 }))
  const facts = yield* make(filesOf(entry))
  yield* giveTo(filesOf(entry), user)
  yield* io(() => writeFile(factsFile(entry), JSON.stringify(facts)))
})

/** What was said of it when it was made. */
export const readLayer = (entry: string) =>
  io(() => readFile(factsFile(entry), "utf8")).pipe(
    Effect.flatMap(decode),
    Effect.catchTag("SchemaError", (error) =>
      Effect.fail(new WorkspaceUnavailable({ reason: `A layer makes no sense: ${error.message}` })),
    ),
  )

/** Writes a file that was read of a commit below a directory of our own, in which there are no links. */
export const writeNew = Effect.fnUntraced(function* (directory: string, path: string, content: Uint8Array | undefined) {
  if (content === undefined || !isPlainPath(path))
    return yield* new CommitUnusable({ commit: path, reason: "it is no readable regular file" })
  yield* io(async () => {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content, { flag: "wx" })
  })
})
