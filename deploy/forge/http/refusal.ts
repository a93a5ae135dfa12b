import { Schema } from "effect"

/** One entry of the `errors` of a 422 answer. */
const Problem = Schema.Struct({
  resource: Schema.optionalKey(Schema.String),
  field: Schema.optionalKey(Schema.String),
  code: Schema.String,
  message: Schema.optionalKey(Schema.String),
})
type Problem = typeof Problem.Type

/** A request that GitHub would answer with an error. Thrown by route handlers; the server writes it as GitHub's error body. */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", {
  status: Schema.Int,
  message: Schema.String,
  errors: Schema.optionalKey(Schema.Array(Problem)),
}) {}

/** 404, also for what the caller may not see. */
export const notFound = () => new Refusal({ status: 404, message: "Not Found" })
/** 401: the token is not good. */
export const badCredentials = () => new Refusal({ status: 401, message: "Bad credentials" })
/** 401: there is no token. */
export const authenticationRequired = () => new Refusal({ status: 401, message: "Requires authentication" })
/** 403: the token is good, but not for this. */
export const forbidden = (message = "Resource not accessible by integration") => new Refusal({ status: 403, message })
/** 409. */
export const conflict = (message: string) => new Refusal({ status: 409, message })
/** 422 with a sentence. */
export const unprocessable = (message: string) => new Refusal({ status: 422, message })
/** 422 with the fields that are wrong. */
export const invalid = (...errors: ReadonlyArray<Problem>) => new Refusal({ status: 422, message: "Validation Failed", errors })
