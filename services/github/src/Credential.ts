import { Context, type Effect, type Redacted } from "effect"
import type { GitHubError } from "./GitHub.ts"

/** What this service shows GitHub. Layers: `Credential.token` (or nobody), `Credential.octokit` (a GitHub App); `Credential.live` chooses by configuration. */
export class Credential extends Context.Service<
  Credential,
  {
    /** The token for a repository (`owner/name`); undefined when requests are anonymous. */
    readonly token: (repository: string) => Effect.Effect<Redacted.Redacted | undefined, GitHubError>
    /** GitHub refused the token: the next one asked for must be a new one, if there are new ones. */
    readonly renew: (repository: string) => Effect.Effect<void>
  }
>()("ci-fix-pilot/Credential") {}
