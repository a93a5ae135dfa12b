import { readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Clock, Context, Effect, Layer } from "effect"

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
}
const compressible = /\.(?:css|html|js|json|svg|txt|webmanifest)$/u

const br = promisify(brotliCompress)
const gz = promisify(gzip)
const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }

type Encoding = "br" | "gzip" | "identity"

/** A file of the built dashboard, held in memory with its compressed forms. */
export interface Asset {
  readonly type: string
  readonly etag: string
  /** Its name changes with its content: it may be kept for ever. */
  readonly hashed: boolean
  readonly body: (encoding: Encoding) => Promise<Uint8Array<ArrayBuffer>>
  readonly encodings: ReadonlyArray<Encoding>
}

interface Built {
  /** When index.html was written (ms): another build is another dashboard. */
  readonly at: number
  readonly template: string
  /** By the path in its URL. What is not in here is not served: no path leads out of the folder. */
  readonly files: ReadonlyMap<string, Asset>
}

const held = (bytes: Uint8Array<ArrayBuffer>, name: string): Asset => {
  const etag = sha256Hex(bytes).slice(0, 20)
  const forms: Readonly<Record<Encoding, () => Promise<Uint8Array<ArrayBuffer>>>> = {
    identity: () => Promise.resolve(bytes),
    br: () => br(bytes, best).then((made) => new Uint8Array(made)),
    gzip: () => gz(bytes, { level: 9 }).then((made) => new Uint8Array(made)),
  }
  const encodings: ReadonlyArray<Encoding> = compressible.test(name) ? ["identity", "br", "gzip"] : ["identity"]
  // Made once, in a thread of its own, when the first visitor asks: an api that nobody looks at stays small.
  const once = new Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>()
  const body = (encoding: Encoding) => {
    const form = encodings.includes(encoding) ? encoding : "identity"
    const made = once.get(form) ?? forms[form]()
    once.set(form, made)
    return made
  }
  return {
    type: types[extname(name)] ?? "application/octet-stream",
    etag,
    hashed: name.startsWith("assets/"),
    encodings,
    body,
  }
}

/** When a part is missing, a build is read again for so long after its page was written: not all of its parts may have been there (ms). */
const settlesWithinMs = 5_000

const writtenAt = (folder: string) => statSync(join(folder, "index.html"), { throwIfNoEntry: false })?.mtimeMs

const read = (folder: string, at: number, known: Built | undefined): Built => {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = names.map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replace(/^\//u, ""))
  const files = paths.filter((name) => name !== "index.html")
  // A part with the same hash in its name is the same part, and compressed already.
  const keep = (name: string) => (name.startsWith("assets/") ? known?.files.get(`/${name}`) : undefined)
  const make = (name: string) => keep(name) ?? held(new Uint8Array(readFileSync(join(folder, name))), name)
  return {
    at,
    template: readFileSync(join(folder, "index.html"), "utf8"),
    files: new Map(files.map((name) => [`/${name}`, make(name)])),
  }
}

/** The built dashboard (`ui/dist`), if there is one; looked for again at each page, as one may be built while this process runs. */
export class Assets extends Context.Service<
  Assets,
  {
    readonly find: (path: string) => Effect.Effect<Asset | undefined>
    /** The page around every view; undefined without a build. */
    readonly template: Effect.Effect<string | undefined>
  }
>()("ci-fix-pilot/api/Assets") {
  static readonly from = (folder: string) =>
    Layer.sync(Assets, () => {
      let built: Built | undefined
      let before: Built | undefined
      let readAt = 0
      const refresh = (now: number, missing: boolean) => {
        const at = writtenAt(folder)
        const settling = missing && at !== undefined && readAt - at < settlesWithinMs
        if (at === undefined || (at === built?.at && !settling)) return
        try {
          const next = read(folder, at, built)
          // Pages that are open go on loading the parts of the build that they came from.
          if (at !== built?.at) before = built
          built = next
          readAt = now
        } catch {
          // A build is being written: the next look finds it whole.
        }
      }
      const find = (path: string) => built?.files.get(path) ?? before?.files.get(path)
      const look = (missing: boolean) => Effect.map(Clock.currentTimeMillis, (now) => refresh(now, missing))
      return Assets.of({
        find: (path) =>
          Effect.suspend(() => {
            const found = find(path)
            return found === undefined ? Effect.map(look(true), () => find(path)) : Effect.succeed(found)
          }),
        template: Effect.map(look(false), () => built?.template),
      })
    })

  static readonly layer = Assets.from(fileURLToPath(new URL("../../../ui/dist/", import.meta.url)).replace(/\/$/u, ""))
}
