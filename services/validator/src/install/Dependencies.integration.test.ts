import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { makeRepository, type RepositoryFixture } from "../workspace/repository-fixture.ts"
import { installAndTry } from "./install-and-try-fixture.ts"
import { packNpm, packWheel, serveIndex, serveNpm } from "./registry-fixture.ts"

let repository: RepositoryFixture
beforeEach(() => {
  repository = makeRepository("acme/app")
})
afterEach(() => {
  repository.remove()
})

const install = (commits: ReadonlyArray<string>, run: string, settings: Record<string, string>) =>
  installAndTry(repository, commits, run, settings)
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

  it("do without a devDependency that the registry lacks, and say so; a dependency is not done without", () =>
    Effect.gen(function* () {
      const demo = () => packNpm({ name: "demo", version: "1.0.0", main: "index.js" }, { "index.js": "module.exports = 42\n" })
      const registry = yield* serveNpm("demo", demo, undefined)
      const settings = { CI_HEALING_NPM_REGISTRY: registry.url }
      const wants = (dependencies: object, devDependencies: object) => ({
        "package.json": JSON.stringify({ dependencies, devDependencies }),
      })
      const spare = repository.commit({ ...wants({ demo: "1.0.0" }, { absent: "^1.0.0" }), "a.js": "console.log(require('demo'))\n" })
      expect(yield* install([spare], "node a.js", settings)).toMatchObject([
        {
          log: "42\n",
          layers: [{ by: "npm install", notInstalled: ["absent@^1.0.0 (devDependencies of package.json): the registry does not have it"] }],
        },
      ])
      const needed = repository.commit(wants({ absent: "^1.0.0" }, { demo: "1.0.0" }))
      expect(yield* Effect.flip(install([needed], "true", settings))).toMatchObject({
        _tag: "InstallImpossible",
        reason: expect.stringContaining("absent (dependencies of package.json): the registry does not have it."),
      })
    }).pipe(Effect.scoped, Effect.runPromise))

  it("do without a devDependency that needs what the registry lacks", () =>
    Effect.gen(function* () {
      const registry = yield* serveNpm(
        "demo",
        () => packNpm({ name: "demo", version: "1.0.0", dependencies: { gone: "1" } }, {}),
        undefined,
      )
      const commit = repository.commit({ "package.json": JSON.stringify({ devDependencies: { demo: "^1.0.0" } }) })
      expect(yield* install([commit], "ls -A node_modules", { CI_HEALING_NPM_REGISTRY: registry.url })).toMatchObject([
        { layers: [{ notInstalled: ["demo@^1.0.0 (devDependencies of package.json): it needs gone, and the registry does not have it"] }] },
      ])
    }).pipe(Effect.scoped, Effect.runPromise))

  it("come from pyproject.toml where there are no requirements files", () =>
    Effect.gen(function* () {
      const index = yield* serveIndex(yield* packWheel("demo", "def answer(): return 42"))
      const commit = repository.commit({ "pyproject.toml": `[project]\nname = "app"\ndependencies = ["demo"]\n` })
      const seen = yield* install([commit], `python3 -c "import demo; print(demo.answer())"`, { CI_HEALING_PIP_INDEX: index.url })
      expect(seen.map(({ log }) => log)).toEqual(["42\n"])
    }).pipe(Effect.scoped, Effect.runPromise))

  it("do without what a derived manifest asks for in vain, and are refused when the project's own does", () =>
    Effect.gen(function* () {
      const index = yield* serveIndex(yield* packWheel("demo", "def answer(): return 42"))
      const derived = repository.commit({ "pyproject.toml": `[project]\nname = "app"\ndependencies = ["absent>=1", "demo"]\n` })
      const seen = yield* install([derived], `python3 -c "import demo; print(demo.answer())"`, { CI_HEALING_PIP_INDEX: index.url })
      expect(seen).toMatchObject([
        { log: "42\n", layers: [{ notInstalled: ["absent>=1 (pyproject.toml): the index has no wheel of it that fits"] }] },
      ])
      const own = repository.commit({ "requirements.txt": "absent==1\n" })
      expect(yield* Effect.flip(install([own], "true", { CI_HEALING_PIP_INDEX: index.url }))).toMatchObject({ _tag: "InstallImpossible" })
    }).pipe(Effect.scoped, Effect.runPromise))

  it("are none when what a derived manifest asks for is broken, and the project is tried without", () =>
    Effect.gen(function* () {
      const index = yield* serveIndex({ ...(yield* packWheel("demo", "")), wheel: Buffer.from("no archive") })
      const commit = repository.commit({ "pyproject.toml": `[project]\nname = "app"\ndependencies = ["demo"]\n` })
      const seen = yield* install([commit], "echo tried", { CI_HEALING_PIP_INDEX: index.url })
      const notInstalled = [expect.stringMatching(/^all that pyproject\.toml asks for: /u)]
      expect(seen).toMatchObject([{ log: "tried\n", layers: [{ by: "nothing", notInstalled }] }])
    }).pipe(Effect.scoped, Effect.runPromise))

  it("of Go are left alone where no command has a use for it", () =>
    Effect.gen(function* () {
      const commit = repository.commit({ "go.mod": "module example.com/app\n\ngo 1.18\n\nrequire example.com/gone v1.0.0\n" })
      const settings = { CI_HEALING_GO_PROXY: "http://127.0.0.1:1/" }
      expect(yield* install([commit], "true", settings)).toMatchObject([{ layers: [], exitCode: 0 }])
    }).pipe(Effect.scoped, Effect.runPromise))

  it("are nothing when no manifest asks for any", () =>
    Effect.gen(function* () {
      const commit = repository.commit({ "package.json": `{ "name": "app" }\n` })
      expect(yield* install([commit], "true", {})).toMatchObject([{ layers: [] }])
    }).pipe(Effect.scoped, Effect.runPromise))
})
