import type { Asset } from "./Assets.ts"

/** Whether who asks reads this encoding, as the `accept-encoding` of the request says. */
export const reads = (encoding: string, { headers }: Pick<Request, "headers">): boolean => {
  const accepted = headers.get("accept-encoding") ?? ""
  const refused = new Set(accepted.match(/[\w*]+(?=\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/gu))
  return new RegExp(`\\b${encoding}\\b`, "u").test(accepted) && !refused.has(encoding)
}

const year = 31_536_000

/** Answers with an asset as the browser likes it best: compressed, or 304 when it has it. */
export const serveAsset = async (asset: Asset, request: Pick<Request, "headers">): Promise<Response> => {
  const encoding = (["br", "gzip"] as const).find((one) => asset.encodings.includes(one) && reads(one, request)) ?? "identity"
  const etag = `"${asset.etag}-${encoding}"`
  const headers = {
    etag,
    vary: "accept-encoding",
    "cache-control": asset.hashed ? `public, max-age=${year}, immutable` : "no-cache",
    "content-type": asset.type,
  }
  const known = (request.headers.get("if-none-match") ?? "").split(/\s*,\s*/u).map((one) => one.replace(/^W\//u, ""))
  if (known.includes(etag)) return new Response(null, { status: 304, headers })
  const body = await asset.body(encoding)
  return new Response(body, { headers: { ...headers, ...(encoding === "identity" ? {} : { "content-encoding": encoding }) } })
}
