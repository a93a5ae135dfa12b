/** Small package registries over real HTTP, for tests: one npm package, one Python wheel, made on the spot. */
import { createHash } from "node:crypto"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { runToEnd } from "../process/run-to-end.ts"

const scratch = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "ci-fix-pilot-registry-fixture-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
)

/** A package's tarball as npm publishes it. */
export const packNpm = Effect.fn("fixture.pack-npm")(function* (manifest: object, files: Readonly<Record<string, string>>) {
  const directory = yield* scratch
  yield* Effect.promise(async () => {
    await mkdir(join(directory, "package"))
    for (const [name, text] of Object.entries({ ...files, "package.json": JSON.stringify(manifest) }))
      await writeFile(join(directory, "package", name), text)
  })
  yield* runToEnd(["tar", "-C", directory, "-czf", join(directory, "package.tgz"), "package"])
  return { manifest, tarball: yield* Effect.promise(() => readFile(join(directory, "package.tgz"))) }
})

/** A pure wheel of one module. */
export const packWheel = Effect.fn("fixture.pack-wheel")(function* (name: string, source: string) {
  const directory = yield* scratch
  const file = `${name}-1.0-py3-none-any.whl`
  const script = `import sys, zipfile
archive, name, source = sys.argv[1:]
info = name + "-1.0.dist-info/"
files = {
    name + ".py": source,
    info + "METADATA": "Metadata-Version: 2.1\\nName: " + name + "\\nVersion: 1.0\\n",
    info + "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[info + "RECORD"] = "".join(path + ",,\\n" for path in [*files, info + "RECORD"])
with zipfile.ZipFile(archive, "w") as wheel:
    for path, text in files.items():
        wheel.writestr(path, text)`
  yield* runToEnd(["python3", "-c", script, join(directory, file), name, source])
  return { name, file, wheel: yield* Effect.promise(() => readFile(join(directory, file))) }
})

export const serve = (answer: (path: string, request: Request) => Response) =>
  Effect.gen(function* () {
    const asked: Array<string> = []
    const fetch = (request: Request) => {
      const path = decodeURIComponent(new URL(request.url).pathname)
      asked.push(path)
      return answer(path, request)
    }
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => Bun.serve({ port: 0, hostname: "0.0.0.0", fetch })),
      (server) => Effect.promise(() => server.stop(true)),
    )
    return { port: server.port ?? 0, url: `http://127.0.0.1:${server.port}/`, asked: () => asked }
  })

type Packed = Effect.Success<ReturnType<typeof packNpm>>

/** Serves one package to whoever shows the token. */
export const serveNpm = Effect.fn("fixture.serve-npm")(function* <E, R>(
  name: string,
  pack: (port: number) => Effect.Effect<Packed, E, R>,
  token: string | undefined,
) {
  let packed: Packed | undefined
  const server = yield* serve((path, request) => {
    if (token !== undefined && request.headers.get("authorization") !== `Bearer ${token}`) return new Response("who?", { status: 401 })
    if (packed === undefined || !path.startsWith(`/${name}`)) return new Response("no", { status: 404 })
    if (path.endsWith(".tgz")) return new Response(packed.tarball)
    const integrity = `sha512-${createHash("sha512").update(packed.tarball).digest("base64")}`
    const dist = { tarball: `${new URL(request.url).origin}/${name}/-/${name}-1.0.0.tgz`, integrity }
    return Response.json({ name, "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": { ...packed.manifest, dist } } })
  })
  packed = yield* pack(server.port)
  return server
})

/** Serves one wheel as a simple index. */
export const serveIndex = (packed: Effect.Success<ReturnType<typeof packWheel>>) =>
  serve((path, request) => {
    if (path.endsWith(packed.file)) return new Response(packed.wheel)
    if (path !== `/${packed.name}/`) return new Response("no", { status: 404 })
    const link = `<a href="${new URL(request.url).origin}/files/${packed.file}">${packed.file}</a>`
    return new Response(link, { headers: { "content-type": "text/html" } })
  })

/** A registry that answers everything with one status. */
export const serveTrouble = (status: number) => serve(() => new Response("trouble", { status }))
