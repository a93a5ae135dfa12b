import { Schema } from "effect"

/** A whole number of a query or a header, in digits: what else JavaScript takes for a number (`0x10`, `1e3`, ` 1 `, nothing) is none. */
export const WholeNumber = (minimum: number, maximum: number) =>
  Schema.String.check(Schema.isPattern(/^\d{1,16}$/u)).pipe(
    Schema.decodeTo(Schema.FiniteFromString.check(Schema.isBetween({ minimum, maximum }))),
  )

/** Text of at most so many characters that the database can hold or be asked for: no NUL. */
export const StorableText = (maximum: number) => Schema.String.check(Schema.isMaxLength(maximum), Schema.isPattern(/^[^\0]*$/u))
