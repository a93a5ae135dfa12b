import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Fiber, Schedule } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { countFiles, filesInEntry, useEntry } from "./cache-evictor-fixture.ts"
import { Workspace } from "./Workspace.ts"
import { makeCache } from "./workspace-cache.ts"
import { openWorkspace, type WorkspaceWorld } from "./workspace-fixture.ts"
import { takeSlot } from "./workspace-slot.ts"

let world: WorkspaceWorld
beforeEach(() => {
  world = openWorkspace()
})
afterEach(() => world.remove())

describe("a workspace shared by many tries and services", () => {
  it("fetches a commit once for many tries at the same time", async () => {
    const commit = world.repository.commit({ "a.txt": "one\n" })
    const roots = await world.within(
      Effect.gen(function* () {
        const workspace = yield* Workspace
        const views = yield* Effect.forEach(Array.from({ length: 8 }), () => workspace.view(world.repository.at(commit)), {
          concurrency: 8,
        })
        return views.map(({ root }) => readFileSync(join(root, "a.txt"), "utf8"))
      }),
    )
    expect(roots).toEqual(Array.from({ length: 8 }, () => "one\n"))
  })

  it("keeps two services on one directory apart", async () => {
    const commit = world.repository.commit({ "a.txt": "one\n" })
    const view = Effect.map(
      Workspace.use((workspace) => workspace.view(world.repository.at(commit))),
      ({ root }) => root,
    )
    const inner = Effect.promise(() => world.within(view))
    const [one, other] = await world.within(Effect.all([view, inner]))
    expect(one.slice(world.directory.length)).toMatch(/^\/0\//)
    expect(other.slice(world.directory.length)).toMatch(/^\/1\//)
  })

  it("clears what a service left that was killed with -9, and takes over its mirrors and trees", async () => {
    const commit = world.repository.commit({ "a.txt": "one\n" })
    const script = join(import.meta.dirname, "view-holder-fixture.ts")
    const holder = Bun.spawn(["bun", script, world.repository.mirrorUrl, world.directory, world.repository.name, commit], {
      stdout: "pipe",
      stderr: "inherit",
    })
    const reader = holder.stdout.getReader()
    let said = ""
    while (!said.includes("ready")) said += new TextDecoder().decode((await reader.read()).value)
    const [left = ""] = said.split("\n")
    expect(existsSync(join(left, "a.txt"))).toBe(true)
    holder.kill("SIGKILL")
    await holder.exited

    const again = await world.within(
      Effect.map(
        Workspace.use((workspace) => workspace.view(world.repository.at(commit))),
        ({ root }) => root,
      ),
      {
        CI_HEALING_MIRROR_URL: "http://127.0.0.1:9/git",
      },
    )
    expect(again.slice(world.directory.length)).toMatch(/^\/0\//)
    expect(world.mounts()).toEqual([])
    await expect.poll(() => readdirSync(join(world.directory, "0/views"))).toEqual([])
  })

  it("removes what was unused the longest when room is short", async () => {
    const big = (name: string) => ({ "big.bin": name.repeat(700_000) })
    const [first, second, third] = [
      world.repository.commit(big("abc")),
      world.repository.commit(big("def")),
      world.repository.commit(big("ghi")),
    ]
    await world.within(
      Effect.gen(function* () {
        const workspace = yield* Workspace
        for (const commit of [first, second, first, third]) yield* workspace.prepare(world.repository.at(commit))
      }),
      { CI_HEALING_WORKSPACE_MAX_MB: "9" },
    )
    const trees = readdirSync(join(world.directory, "0/trees")).map((name) => name.slice(21))
    expect(trees).toContain(third)
    expect(trees).not.toContain(second)
  })

  it("takes nothing for whole of what a service was removing when it was killed with -9", async () => {
    const evictor = Bun.spawn(["bun", join(import.meta.dirname, "cache-evictor-fixture.ts"), world.directory], { stderr: "inherit" })
    expect(await evictor.exited.then(() => evictor.signalCode)).toBe("SIGKILL")
    const entry = await Effect.runPromise(
      Effect.gen(function* () {
        const cache = yield* makeCache(yield* takeSlot(world.directory), 1_000)
        return yield* useEntry(cache, "old")
      }).pipe(Effect.scoped),
    )
    expect(countFiles(entry)).toBe(filesInEntry)
    await expect.poll(() => readdirSync(join(world.directory, "0/tmp"))).toEqual([])
  })

  it("leaves alone what somebody took while something else was being removed", async () => {
    const kept = await Effect.runPromise(
      Effect.gen(function* () {
        const cache = yield* makeCache(yield* takeSlot(world.directory), 9)
        const first = yield* Effect.scoped(useEntry(cache, "first"))
        yield* Effect.scoped(useEntry(cache, "second"))
        const large = (path: string) => Effect.promise(() => writeFile(join(path, "a"), new Uint8Array(6_000_000)))
        const making = yield* Effect.forkChild(Effect.scoped(cache.use("trees", "large", large)))
        const untouched = Effect.suspend(() => (countFiles(first) === filesInEntry ? Effect.fail("untouched") : Effect.void))
        yield* Effect.retry(untouched, Schedule.spaced("1 millis"))
        const second = yield* useEntry(cache, "second")
        yield* Fiber.join(making)
        return countFiles(second)
      }).pipe(Effect.scoped),
    )
    expect(kept).toBe(filesInEntry)
  })

  it.each(process.getuid?.() === 0 ? ["a mount"] : [])("begins afresh when %s of a killed service cannot be removed", async () => {
    const [busy, other] = [join(world.directory, "0/views/1/upper"), join(world.directory, "0/tmp/0")] as const
    for (const path of [busy, other]) {
      mkdirSync(path, { recursive: true })
      execFileSync("mount", ["-t", "tmpfs", "held", path])
    }
    try {
      const left = await Effect.runPromise(
        Effect.scoped(
          Effect.map(takeSlot(world.directory), () => ["views", "tmp"].map((kind) => readdirSync(join(world.directory, "0", kind)))),
        ),
      )
      expect(left).toEqual([[], []])
    } finally {
      for (const line of world.mounts()) execFileSync("umount", [line.split(" ")[4] ?? ""])
    }
    await Effect.runPromise(Effect.scoped(takeSlot(world.directory)))
    await expect.poll(() => readdirSync(join(world.directory, "0/left"))).toEqual([])
  })

  it("finds what was made for somebody who then gave up", async () => {
    const files = await Effect.runPromise(
      Effect.gen(function* () {
        const slot = yield* takeSlot(world.directory)
        const cache = yield* makeCache(slot, 1_000)
        const making = yield* Effect.forkChild(Effect.scoped(useEntry(cache, "made")))
        const made = Effect.suspend(() => (countFiles(join(slot, "trees/made")) === 0 ? Effect.fail("not yet") : Effect.void))
        yield* Effect.retry(made, Schedule.spaced("1 millis"))
        yield* Fiber.interrupt(making)
        return countFiles(yield* useEntry(cache, "made"))
      }).pipe(Effect.scoped),
    )
    expect(files).toBe(filesInEntry)
  })

  it("shows its token to the mirror, and follows it nowhere else", async () => {
    const seen: Array<string> = []
    const server: ReturnType<typeof Bun.serve> = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request): Response => {
        seen.push(`${new URL(request.url).pathname} ${request.headers.get("authorization")}`)
        return new URL(request.url).pathname.startsWith("/git/")
          ? Response.redirect(`http://127.0.0.1:${server.port}/elsewhere/info/refs`, 302)
          : new Response("no", { status: 404 })
      },
    })
    const work = Effect.flip(Workspace.use((workspace) => workspace.prepare(world.repository.at("0".repeat(40)))))
    const settings = { CI_HEALING_MIRROR_URL: `http://127.0.0.1:${server.port}/git/`, CI_HEALING_MIRROR_TOKEN: "s3cret-token" }
    const error = await world.within(work, settings).finally(() => server.stop(true))
    expect([...new Set(seen)]).toEqual([`/git/${world.repository.name}.git/info/refs Bearer s3cret-token`])
    expect(error._tag).toMatch(/Unavailable|Unusable/)
    expect(error.message).not.toContain("s3cret")
  })

  it("refuses a commit that is too large to try", async () => {
    const commit = world.repository.commit({ "big.bin": "x".repeat(3_000_000) })
    const work = Effect.flip(Workspace.use((workspace) => workspace.prepare(world.repository.at(commit))))
    expect(await world.within(work, { CI_HEALING_WORKSPACE_MAX_MB: "8" })).toMatchObject({ _tag: "CommitUnusable", reason: /MiB/ })
  })
})
