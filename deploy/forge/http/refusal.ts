import { Schema } from "effect"

/** One entry of the `errors` of a 422 answer. */
export const Problem = Schema.Struct({
  resource: Schema.optionalKey(Schema.String),
  field: Schema.optionalKey(Schema.String),
  code: Schema.String,
  message: Schema.optionalKey(Schema.String),
})
export type Problem = typeof Problem.Type

/** A request that GitHub would answer with an error. Thrown by route handlers; the server writes it as GitHub's error body. */
export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", {
  status: Schema.Int,
  message: Schema.String,
  errors: Schema.optionalKey(Schema.Array(Problem)),
}) {}

export const notFound = () => new Refusal({ status: 404, message: "Not Found" })
export const badCredentials = () => new Refusal({ status: 401, message: "Bad credentials" })
export const authenticationRequired = () => new Refusal({ status: 401, message: "Requires authentication" })
export const forbidden = (message = "Resource not accessible by integration") => new Refusal({ status: 403, message })
export const conflict = (message: string) => new Refusal({ status: 409, message })
export const unprocessable = (message: string) => new Refusal({ status: 422, message })
export const invalid = (...errors: ReadonlyArray<Problem>) => new Refusal({ status: 422, message: "Validation Failed", errors })
