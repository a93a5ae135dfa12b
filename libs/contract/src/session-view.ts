import { Schema } from "effect"

/**
 * Who looks at the dashboard. `required`: this api asks for its token; `csrf`: what every changing request of a signed-in page carries in
 * `x-csrf-token`, null without a sign-in and where no sign-in is required.
 */
export const SessionView = Schema.Struct({
  required: Schema.Boolean,
  signedIn: Schema.Boolean,
  reviewer: Schema.NullOr(Schema.String),
  csrf: Schema.NullOr(Schema.String),
})
export type SessionView = typeof SessionView.Type

/** What a person signs in with: the api's token, and the name that goes into the ledger with every decision. */
export const SignIn = Schema.Struct({
  token: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(1_000)),
  reviewer: Schema.String.check(Schema.isPattern(/\S/u), Schema.isMaxLength(100)),
})
export type SignIn = typeof SignIn.Type
