import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { Workspace } from "./Workspace.ts"
import { openWorkspace, type WorkspaceWorld } from "./workspace-fixture.ts"

let world: WorkspaceWorld
beforeEach(() => {
  world = openWorkspace()
})
afterEach(() => world.remove())

/** What a git that is killed while it fetches leaves: the lock that it takes first, and the pack that it was receiving. */
const leaveHalfAFetch = () => {
  const [name = ""] = readdirSync(join(world.directory, "0/mirrors"))
  const left = ["shallow.lock", "objects/pack/tmp_pack_a1b2c3"].map((path) => join(world.directory, "0/mirrors", name, path))
  for (const path of left) writeFileSync(path, "")
  return left
}

it("fetches again after a git that was killed in the middle of it", async () => {
  const [first, second] = [world.repository.commit({ "a.txt": "one\n" }), world.repository.commit({ "a.txt": "two\n" })]
  const left = await world.within(
    Effect.gen(function* () {
      const workspace = yield* Workspace
      yield* workspace.prepare(world.repository.at(first))
      const left = leaveHalfAFetch()
      yield* workspace.prepare(world.repository.at(second))
      return left
    }),
  )
  expect(left.filter((path) => existsSync(path))).toEqual([])
})

it("does not call a file missing whose content the mirror lost", async () => {
  const source = world.repository.at(world.repository.commit({ "a.txt": "one\n", "b.txt": "two\n" }))
  const error = await world.within(
    Effect.gen(function* () {
      const workspace = yield* Workspace
      const [{ blob } = { blob: "" }] = yield* workspace.entries(source)
      const [name = ""] = readdirSync(join(world.directory, "0/mirrors"))
      rmSync(join(world.directory, "0/mirrors", name, "objects", blob.slice(0, 2), blob.slice(2)))
      return yield* Effect.flip(workspace.read(source, ["a.txt", "b.txt"]))
    }),
  )
  expect(error).toMatchObject({ _tag: "WorkspaceUnavailable" })
})

it.each(process.getuid?.() === 0 ? ["a full disk"] : [])("does not call a commit unusable for %s", async () => {
  const commit = world.repository.commit({ "large.txt": "x".repeat(3_000_000) })
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "small", world.directory])
  try {
    const error = await world.within(Effect.flip(Workspace.use(({ prepare }) => prepare(world.repository.at(commit)))))
    expect(error).toMatchObject({ _tag: "WorkspaceUnavailable", message: expect.stringContaining("unable to write") })
  } finally {
    execFileSync("umount", ["-l", world.directory])
  }
})
