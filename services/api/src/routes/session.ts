import { HttpError } from "@ci-fix-pilot/contract/http"
import { SessionView, SignIn } from "@ci-fix-pilot/contract/session-view"
import { Effect, Option, Schema } from "effect"
import { Elysia } from "elysia"
import { Audience } from "../Audience.ts"
import { comesFromElsewhere, provesOrigin, sameText, sessionOf } from "../authorize.ts"
import { dropCookie, keepCookie } from "../cookie.ts"
import { plain } from "../plain-text.ts"
import { describeBody, jsonBodyOf } from "../read-json.ts"
import type { Respond } from "../respond.ts"
import { type Session, Sessions } from "../Sessions.ts"
import { Tries } from "../Tries.ts"

const read = jsonBodyOf("sign-in", SignIn)
const wrong = new HttpError({ code: "unauthorized", message: "that is not the token of this server (CI_HEALING_API_TOKEN)" })

const nameless = new HttpError({
  code: "invalid",
  message: "sign-in: reviewer",
  fields: [{ field: "reviewer", message: "Expected a name that can be read" }],
})

/** What a page is told of who looks at it. */
export const viewOf = (required: boolean, session: Session | undefined): SessionView => ({
  required,
  signedIn: session !== undefined,
  reviewer: session?.reviewer ?? null,
  csrf: session?.csrf ?? null,
})

const look = (token: string | undefined, request: Request) =>
  token === undefined
    ? Effect.succeed(viewOf(false, undefined))
    : Effect.map(sessionOf(request), (session) => viewOf(true, Option.getOrUndefined(session)))

const finish = Effect.fn("api.end-session")(function* (session: Session) {
  yield* Sessions.use((sessions) => sessions.end(session.name))
  yield* Audience.use((audience) => audience.dismiss(session.name))
})

const signIn = Effect.fn("api.sign-in")(function* (token: string | undefined, request: Request, address: string) {
  const foreign = comesFromElsewhere(request)
  if (foreign !== undefined) return yield* foreign
  if (token === undefined) return viewOf(false, undefined)
  const said = yield* read(request)
  if (!sameText(said.token, token)) return yield* Tries.use((tries) => tries.refuse(address, wrong))
  const reviewer = plain(said.reviewer, 100).trim()
  if (reviewer === "") return yield* nameless
  const before = yield* sessionOf(request)
  const { secret, session } = yield* Sessions.use((sessions) => sessions.begin(reviewer))
  // A secret that a browser had before is worth nothing afterwards: nobody can plant one and wait.
  if (Option.isSome(before)) yield* finish(before.value)
  return Response.json(viewOf(true, session), { headers: { "set-cookie": keepCookie(request, secret) } })
})

const signOut = Effect.fn("api.sign-out")(function* (request: Request) {
  const foreign = comesFromElsewhere(request)
  if (foreign !== undefined) return yield* foreign
  const session = Option.getOrUndefined(yield* sessionOf(request))
  if (session !== undefined) {
    const refused = provesOrigin(request, session)
    if (refused !== undefined) return yield* refused
    yield* finish(session)
  }
  return new Response(null, { status: 204, headers: { "set-cookie": dropCookie(request) } })
})

/** Signing in to the dashboard with the api's token, and out. Programs need none of it: they show the token with each request. */
export const sessionRoutes = (respond: Respond<Sessions | Audience | Tries>, token: string | undefined) => {
  const response = { 200: Schema.toStandardSchemaV1(SessionView) }
  const tags = ["session"]
  return new Elysia()
    .get("/v1/session", ({ request }) => respond(look(token, request)), {
      response,
      detail: { summary: "Who is signed in with this cookie", tags, security: [] },
    })
    .post("/v1/session", ({ request, server }) => respond(signIn(token, request, server?.requestIP(request)?.address ?? "")), {
      parse: "none",
      response,
      detail: {
        summary: "Sign in: the token and the reviewer's name, for a cookie",
        tags,
        security: [],
        requestBody: describeBody(SignIn),
      },
    })
    .delete("/v1/session", ({ request }) => respond(signOut(request)), {
      detail: { summary: "Sign out: the session ends everywhere and its streams are cut", tags, security: [] },
    })
}
