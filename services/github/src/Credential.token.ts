import { Effect, Layer, type Redacted } from "effect"
import { Credential } from "./Credential.ts"

/** One fixed token for everything, or none: then only public repositories can be read. There is no newer token to renew it with. */
export const layer = (token: Redacted.Redacted | undefined) =>
  Layer.succeed(Credential, Credential.of({ token: () => Effect.succeed(token), renew: () => Effect.void }))
