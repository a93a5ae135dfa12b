/** A proxy for Go modules and a sparse index of Rust crates over real HTTP, for tests: one module, one crate, made on the spot. */
import { createHash } from "node:crypto"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { runToEnd } from "../process/run-to-end.ts"
import { serve } from "./registry-fixture.ts"

type Files = Readonly<Record<string, string>>

/** Packs files (below `prefix`) with `pack`, a command line that writes the archive to its last argument. */
const packed = Effect.fnUntraced(function* (prefix: string, files: Files, pack: (archive: string) => ReadonlyArray<string>) {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "ci-fix-pilot-registry-fixture-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
  )
  const archive = join(directory, "archive")
  yield* Effect.promise(async () => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(directory, "files", prefix, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    }
  })
  const { code, output } = yield* runToEnd(["env", "-C", join(directory, "files"), ...pack(archive)])
  if (code !== 0) return yield* Effect.die(new Error(output))
  return yield* Effect.promise(() => readFile(archive))
})

const sha256 = (content: string | Uint8Array, encoding: "hex" | "base64") => createHash("sha256").update(content).digest(encoding)

/** The sum of files that go.sum has: of the list of all their sums, by name. */
const goSum = (files: Files): string =>
  `h1:${sha256(
    Object.keys(files)
      .sort()
      .map((name) => `${sha256(files[name] ?? "", "hex")}  ${name}\n`)
      .join(""),
    "base64",
  )}`

const zip =
  "import sys, os, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n  for d, _, fs in os.walk('.'):\n    for f in fs: z.write(os.path.join(d, f))"

/** Serves version 1.0.0 of a module; `sums` are its lines of go.sum. */
export const serveGoModule = Effect.fn("fixture.serve-go-module")(function* (module: string, source: string) {
  const files = { "go.mod": `module ${module}\n\ngo 1.18\n`, "module.go": source }
  const prefix = `${module}@v1.0.0`
  const archive = yield* packed(prefix, files, (path) => ["python3", "-c", zip, path])
  const base = `/${module}/@v`
  const answers: Readonly<Record<string, () => Response>> = {
    [`${base}/list`]: () => new Response("v1.0.0\n"),
    [`${base}/v1.0.0.info`]: () => Response.json({ Version: "v1.0.0", Time: "2024-01-01T00:00:00Z" }),
    [`${base}/v1.0.0.mod`]: () => new Response(files["go.mod"]),
    [`${base}/v1.0.0.zip`]: () => new Response(archive),
  }
  const server = yield* serve((path) => answers[path]?.() ?? new Response("no", { status: 404 }))
  const all = Object.fromEntries(Object.entries(files).map(([name, text]) => [`${prefix}/${name}`, text]))
  const sums = `${module} v1.0.0 ${goSum(all)}\n${module} v1.0.0/go.mod ${goSum({ "go.mod": files["go.mod"] })}\n`
  return { ...server, sums }
})

/** Serves version 1.0.0 of a crate, whose name has four letters or more. */
export const serveCrate = Effect.fn("fixture.serve-crate")(function* (name: string, source: string) {
  const manifest = `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2018"\n`
  const prefix = `${name}-1.0.0`
  const archive = yield* packed(prefix, { "Cargo.toml": manifest, "src/lib.rs": source }, (path) => ["tar", "-czf", path, prefix])
  const checksum = sha256(archive, "hex")
  const entry = { name, vers: "1.0.0", deps: [], cksum: checksum, features: {}, yanked: false }
  const server = yield* serve((path, request) => {
    if (path === "/config.json") return new Response(JSON.stringify({ dl: `${new URL(request.url).origin}/crates` }))
    if (path === `/${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`) return new Response(`${JSON.stringify(entry)}\n`)
    return path === `/crates/${name}/1.0.0/download` ? new Response(archive) : new Response("no", { status: 404 })
  })
  return { ...server, checksum }
})
