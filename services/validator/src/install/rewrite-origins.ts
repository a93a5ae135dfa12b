/** Addresses between the registry outside and its mirror inside the sandbox. */

/** What the sandbox sees as the registry: its own loopback, where the relay listens. */
export const mirrorPort = 4873
const mirrorOrigin = `http://127.0.0.1:${mirrorPort}`

/** Where origin number `index` appears on the mirror. */
const prefixOf = (index: number): string => `/~${index}`

/** The address of `url`, which belongs to origin 0, on the mirror. */
export const mirrored = (url: URL): string => `${mirrorOrigin}${prefixOf(0)}${url.pathname}`

const withPath = (origin: string, pathAndQuery: string): URL => {
  const url = new URL(origin)
  const query = pathAndQuery.indexOf("?")
  url.pathname = query === -1 ? pathAndQuery : pathAndQuery.slice(0, query)
  url.search = query === -1 ? "" : pathAndQuery.slice(query)
  return url
}

/**
 * The address outside that a path of the mirror stands for; undefined for origins that are not ours. A package manager may put a path
 * that it knows from a lockfile after the registry's own base, so a repeated base is dropped, and a path without one gets it.
 */
export const outside = (pathAndQuery: string, base: URL, origins: ReadonlyArray<string>): URL | undefined => {
  const beforeSlash = base.pathname.slice(0, -1)
  let rest = pathAndQuery
  let index = 0
  for (;;) {
    const numbered = /^\/~(\d+)(?=\/)/u.exec(rest)
    if (numbered !== null) {
      index = Number(numbered[1])
      rest = rest.slice(numbered[0].length)
      continue
    }
    const afterBase = rest.slice(beforeSlash.length)
    const repeated = rest.startsWith(base.pathname) && (/^\/~\d+\//u.test(afterBase) || afterBase.startsWith(base.pathname))
    if (beforeSlash === "" || !repeated) break
    rest = afterBase
  }
  const origin = origins[index]
  if (origin === undefined) return undefined
  return withPath(origin, index > 0 || rest.startsWith(base.pathname) ? rest : `${beforeSlash}${rest}`)
}

/** Makes answers point to the mirror instead of to `origins`, in a stream, wherever it is cut. */
export const rewriteOrigins = (origins: ReadonlyArray<string>): TransformStream<Uint8Array, Uint8Array> => {
  const longest = Math.max(...origins.map((origin) => origin.length))
  let held = ""
  const replace = (text: string) =>
    origins.reduce((rewritten, origin, index) => rewritten.replaceAll(origin, `${mirrorOrigin}${prefixOf(index)}`), text)
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"))
  return new TransformStream({
    transform: (chunk, controller) => {
      const text = replace(held + Buffer.from(chunk).toString("latin1"))
      held = text.slice(Math.max(0, text.length - longest + 1))
      controller.enqueue(bytes(text.slice(0, text.length - held.length)))
    },
    flush: (controller) => controller.enqueue(bytes(held)),
  })
}
