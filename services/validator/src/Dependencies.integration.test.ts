import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { layer as installing } from "./Dependencies.sandbox.ts"
import { Dependencies } from "./Dependencies.ts"
import { packNpm, packWheel, serveIndex, serveNpm } from "./registry-fixture.ts"
import { makeRepository, type RepositoryFixture } from "./repository-fixture.ts"
import { tryCommit } from "./try-commit.ts"
import { makeWorld } from "./validator-fixture.ts"

let repository: RepositoryFixture
let worlds: Array<ReturnType<typeof makeWorld>> = []
beforeEach(() => {
  repository = makeRepository("acme/app")
})
afterEach(() => {
  repository.remove()
  for (const world of worlds) world.remove()
  worlds = []
})

/** Installs for each commit in turn and runs the command there; in one world, so that what is cached is used. */
const install = (commits: ReadonlyArray<string>, run: string, settings: Record<string, string>) => {
  const world = makeWorld(repository.mirrorUrl, settings)
  worlds.push(world)
  const each = Effect.fnUntraced(function* (commitSha: string) {
    const source = repository.at(commitSha)
    const layers = yield* (yield* Dependencies).prepare({ label: "test/install", source })
    const here = { source, label: "test/try", limits: { timeoutMs: 30_000, memoryMb: 512 }, layers }
    const tried = yield* tryCommit(here, [{ name: run, run, cwd: ".", source: "detected" }])
    return { layers, log: tried.ran[0]?.log }
  })
  return Effect.forEach(commits, each).pipe(Effect.provide(installing), Effect.provide(world.everything))
}
const manifest = (version: string) => `{ "name": "app", "dependencies": { "demo": "${version}" } }\n`

describe("dependencies", () => {
  it("are installed once for all commits with the same manifests, and lie under every try", () =>
    Effect.gen(function* () {
      const demo = () => packNpm({ name: "demo", version: "1.0.0", main: "index.js" }, { "index.js": "module.exports = 42\n" })
      const registry = yield* serveNpm("demo", demo, undefined)
      const first = repository.commit({ "package.json": manifest("1.0.0"), "a.js": "console.log(require('demo'), 'first')\n" })
      const second = repository.commit({ "a.js": "console.log(require('demo'), 'second')\n" })
      const seen = yield* install([first, second], "node a.js", { CI_HEALING_NPM_REGISTRY: registry.url })
      expect(seen.map(({ log }) => log)).toEqual(["42 first\n", "42 second\n"])
      expect(seen[0]?.layers).toMatchObject([{ by: "npm install", key: seen[1]?.layers[0]?.key }])
      expect(registry.asked().filter((path) => path.endsWith(".tgz")).length).toBe(1)
    }).pipe(Effect.scoped, Effect.runPromise))

  it("come from pyproject.toml where there are no requirements files", () =>
    Effect.gen(function* () {
      const index = yield* serveIndex(yield* packWheel("demo", "def answer(): return 42"))
      const commit = repository.commit({ "pyproject.toml": `[project]\nname = "app"\ndependencies = ["demo"]\n` })
      const seen = yield* install([commit], `python3 -c "import demo; print(demo.answer())"`, { CI_HEALING_PIP_INDEX: index.url })
      expect(seen.map(({ log }) => log)).toEqual(["42\n"])
    }).pipe(Effect.scoped, Effect.runPromise))

  it("are none when a derived manifest asks for what is not there, and a refusal when the project's own does", () =>
    Effect.gen(function* () {
      const index = yield* serveIndex(yield* packWheel("demo", ""))
      const derived = repository.commit({ "pyproject.toml": `[project]\nname = "app"\ndependencies = ["absent"]\n` })
      const seen = yield* install([derived], "ls -A", { CI_HEALING_PIP_INDEX: index.url })
      expect(seen).toMatchObject([{ log: "pyproject.toml\n", layers: [{ by: "nothing" }] }])
      const own = repository.commit({ "requirements.txt": "absent==1\n" })
      expect(yield* Effect.flip(install([own], "true", { CI_HEALING_PIP_INDEX: index.url }))).toMatchObject({ _tag: "InstallImpossible" })
    }).pipe(Effect.scoped, Effect.runPromise))

  it("are nothing when no manifest asks for any", () =>
    Effect.gen(function* () {
      const commit = repository.commit({ "package.json": `{ "name": "app" }\n` })
      expect(yield* install([commit], "true", {})).toMatchObject([{ layers: [] }])
    }).pipe(Effect.scoped, Effect.runPromise))
})
