import { Schema, SchemaIssue } from "effect"

/** Every error that an HTTP face of the system may answer with. */
const HttpErrorCode = Schema.Literals([
  "bad-request",
  "missing-header",
  "bad-signature",
  "unauthorized",
  "forbidden",
  "not-found",
  "method-not-allowed",
  "too-slow",
  "conflict",
  "too-large",
  "invalid",
  "key-reused",
  "rate-limited",
  "failed",
  "disabled",
  "unavailable",
])
type HttpErrorCode = typeof HttpErrorCode.Type

/** The status that comes with each code. */
export const httpErrors: Readonly<Record<HttpErrorCode, number>> = {
  "bad-request": 400,
  "missing-header": 400,
  "bad-signature": 401,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "too-slow": 408,
  conflict: 409,
  "too-large": 413,
  invalid: 422,
  "key-reused": 422,
  "rate-limited": 429,
  failed: 500,
  disabled: 503,
  unavailable: 503,
}

/** One field that is wrong, by its path (`failedJobs.0.name`), and what was expected. */
const FieldError = Schema.Struct({ field: Schema.String, message: Schema.String })

/** The body of every error answer. `current` is the state that a conflicting action met. */
export const ErrorBody = Schema.Struct({
  error: Schema.Struct({
    code: HttpErrorCode,
    message: Schema.String,
    fields: Schema.optionalKey(Schema.Array(FieldError)),
    current: Schema.optionalKey(Schema.Unknown),
  }),
})

/** A request that ends with an error answer. `retryAfter`: seconds, told to the client as `Retry-After`; `allow`: the methods that go, as `Allow`. */
export class HttpError extends Schema.TaggedError<HttpError>()("HttpError", {
  code: HttpErrorCode,
  message: Schema.String,
  fields: Schema.optionalKey(Schema.Array(FieldError)),
  current: Schema.optionalKey(Schema.Unknown),
  retryAfter: Schema.optionalKey(Schema.Int),
  allow: Schema.optionalKey(Schema.String),
}) {}

/** The answer that an error stands for. */
export const errorResponse = ({ code, message, fields, current, retryAfter, allow }: HttpError): Response =>
  Response.json(
    { error: { code, message, ...(fields === undefined ? {} : { fields }), ...(current === undefined ? {} : { current }) } },
    {
      status: httpErrors[code],
      headers: { ...(retryAfter === undefined ? {} : { "retry-after": `${retryAfter}` }), ...(allow === undefined ? {} : { allow }) },
    },
  )

/** A route as a router names it: `GET`, `/runs/:id`. */
export interface Route {
  readonly method: string
  readonly path: string
}

const leadsTo = (pattern: string, path: string) => {
  const [parts, asked] = [pattern.split("/"), path.replace(/(?<=.)\/$/u, "").split("/")]
  return parts.length === asked.length && parts.every((part, at) => (part.startsWith(":") ? asked[at] !== "" : part === asked[at]))
}

/** Why none of these routes was taken: the path is asked by other methods (405), or there is no such path (404). A route for any path counts for none. */
export const noRoute = (routes: ReadonlyArray<Route>, path: string): HttpError => {
  const there = routes.filter((route) => !route.path.includes("*") && leadsTo(route.path, path))
  if (there.length === 0) return new HttpError({ code: "not-found", message: "no such path" })
  const allow = [...new Set(there.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])))].join(", ")
  return new HttpError({ code: "method-not-allowed", message: `this path takes ${allow}`, allow })
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()
const segment = (part: PropertyKey | { readonly key: PropertyKey }) => String(typeof part === "object" ? part.key : part)

/** The 422 of a value that does not fit its schema: it names each wrong field. */
export const invalid = (what: string, issue: SchemaIssue.Issue): HttpError => {
  const fields = format(issue).issues.map(({ path = [], message }) => ({
    field: path.map(segment).join(".").slice(0, 200) || "body",
    message: message.slice(0, 300),
  }))
  const names = [...new Set(fields.map(({ field }) => field))].slice(0, 20)
  return new HttpError({ code: "invalid", message: `${what}: ${names.join(", ")}`, fields: fields.slice(0, 20) })
}

/** Whether a host name or address reaches only this machine: listeners elsewhere refuse to start without their secret. */
export const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/u.test(host)
