import type { Asset } from "./Assets.ts"

const encodingFor = (accepted: string, { encodings }: Asset) => {
  const refused = new Set(accepted.match(/[\w*]+(?=\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/gu))
  const wants = (name: string) => new RegExp(`\\b${name}\\b`, "u").test(accepted) && !refused.has(name)
  return (["br", "gzip"] as const).find((one) => encodings.includes(one) && wants(one)) ?? "identity"
}

const year = 31_536_000

/** Answers with an asset as the browser likes it best: compressed, or 304 when it has it. */
export const serveAsset = async (asset: Asset, { headers: asked }: Pick<Request, "headers">): Promise<Response> => {
  const encoding = encodingFor(asked.get("accept-encoding") ?? "", asset)
  const etag = `"${asset.etag}-${encoding}"`
  const headers = {
    etag,
    vary: "accept-encoding",
    "cache-control": asset.hashed ? `public, max-age=${year}, immutable` : "no-cache",
    "content-type": asset.type,
  }
  const known = (asked.get("if-none-match") ?? "").split(/\s*,\s*/u).map((one) => one.replace(/^W\//u, ""))
  if (known.includes(etag)) return new Response(null, { status: 304, headers })
  const body = await asset.body(encoding)
  return new Response(body, { headers: { ...headers, ...(encoding === "identity" ? {} : { "content-encoding": encoding }) } })
}
