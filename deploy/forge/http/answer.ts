import type { Refusal } from "./refusal.ts"

/** A JSON object on its way out; the schema test, not the compiler, knows its fields. */
export type Json = Readonly<Record<string, unknown>>

const documentation = "https://docs.github.com/rest"

/** An answer with a JSON body. */
export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json; charset=utf-8", ...headers } })

/** 201 with the address of what was made. */
export const created = (body: Json): Response => json(body, 201, typeof body["url"] === "string" ? { location: body["url"] } : {})

/** 204. */
export const noContent = (): Response => new Response(null, { status: 204 })

/** 302. */
export const redirect = (location: string): Response => new Response(null, { status: 302, headers: { location } })

/** GitHub's error body. */
export const refuse = (refusal: Refusal): Response =>
  json(
    {
      message: refusal.message,
      ...(refusal.errors === undefined ? {} : { errors: refusal.errors }),
      documentation_url: documentation,
      status: String(refusal.status),
    },
    refusal.status,
  )

/** The same answer with an entity tag, or 304 when the client has that version already. */
export const tagged = async (request: Request, answer: Response): Promise<Response> => {
  if (request.method !== "GET" || answer.status !== 200 || !answer.headers.get("content-type")?.startsWith("application/json"))
    return answer
  const body = await answer.text()
  const etag = `W/"${Bun.hash(body).toString(16).padStart(16, "0")}"`
  const headers = new Headers(answer.headers)
  headers.set("etag", etag)
  headers.set("cache-control", "private, max-age=60, s-maxage=60")
  return request.headers.get("if-none-match") === etag
    ? new Response(null, { status: 304, headers })
    : new Response(body, { status: 200, headers })
}
