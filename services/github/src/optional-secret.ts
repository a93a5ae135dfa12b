import { Config, Redacted } from "effect"

/** A secret that may be missing; an empty one is missing too, since that is how compose files and `.env` say it. */
export const optionalSecret = (name: string) =>
  Config.Redacted(name).pipe(
    Config.withDefault(Redacted.make("")),
    Config.map((secret) => (Redacted.value(secret).trim() === "" ? undefined : secret)),
  )
