import { createAppAuth } from "@octokit/auth-app"
import { Effect, Layer, Redacted } from "effect"
import { Credential } from "./Credential.ts"
import { GitHubClient, ownerAndName } from "./GitHubClient.ts"
import { InstallationAnswer } from "./octokit-schemas.ts"

export interface AppSettings {
  readonly appId: string
  /** PEM; line breaks may be written as `\n`. */
  readonly privateKey: Redacted.Redacted
}

/**
 * Installation tokens of a GitHub App. Each lives for an hour and is kept until shortly before its end; the installation is looked up
 * per owner. Source: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
 */
export const layer = (settings: AppSettings) =>
  Layer.effect(
    Credential,
    Effect.gen(function* () {
      const client = yield* GitHubClient
      const privateKey = Redacted.value(settings.privateKey).replaceAll("\\n", "\n")
      const auth = createAppAuth({ appId: settings.appId, privateKey, request: client.request })
      const installations = new Map<string, number>()
      const refused = new Set<string>()

      const installationOf = Effect.fnUntraced(function* (repository: string) {
        const parameters = ownerAndName(repository)
        const known = installations.get(parameters.owner)
        if (known !== undefined) return known
        const jwt = yield* client.attempt("sign in as the app", () => auth({ type: "app" }))
        const token = Redacted.make(jwt.token)
        const { id } = yield* client.ask({ route: "GET /repos/{owner}/{repo}/installation", parameters, token, schema: InstallationAnswer })
        installations.set(parameters.owner, id)
        return id
      })

      const tokenOf = Effect.fnUntraced(function* (repository: string) {
        const installationId = yield* installationOf(repository)
        const refresh = refused.delete(ownerAndName(repository).owner)
        const answer = yield* client.attempt("an installation token", () => auth({ type: "installation", installationId, refresh }))
        return Redacted.make(answer.token)
      })

      return Credential.of({
        token: Effect.fn("Credential.token")(function* (repository: string) {
          const { owner } = ownerAndName(repository)
          const once = tokenOf(repository)
          // The app was removed and installed anew since it was looked up: the new installation has another number.
          return yield* Effect.catchTag(once, "NotFound", (gone) => (installations.delete(owner) ? once : Effect.fail(gone)))
        }),
        renew: (repository) =>
          Effect.sync(() => {
            const { owner } = ownerAndName(repository)
            refused.add(owner)
            installations.delete(owner)
          }),
      })
    }),
  )
