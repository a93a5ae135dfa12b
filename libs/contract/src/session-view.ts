import { Schema } from "effect"

/**
 * Who looks at the dashboard. `required`: this api asks for its token; `csrf`: what every changing request of a signed-in page carries in
 * `x-csrf-token`, null while nobody is signed in and where no sign-in is required.
 */
export const SessionView = Schema.Struct({
  required: Schema.Boolean,
  signedIn: Schema.Boolean,
  reviewer: Schema.NullOr(Schema.String),
  csrf: Schema.NullOr(Schema.String),
})
export type SessionView = typeof SessionView.Type
