import { Config, Effect, Layer, Redacted } from "effect"
import * as Token from "./Credential.token.ts"
import { optionalSecret } from "./optional-secret.ts"

const settings = Config.all({
  appId: optionalSecret("CI_HEALING_GITHUB_APP_ID"),
  privateKey: optionalSecret("CI_HEALING_GITHUB_APP_PRIVATE_KEY"),
  token: optionalSecret("GITHUB_TOKEN"),
})

/**
 * A GitHub App when `CI_HEALING_GITHUB_APP_ID` and `CI_HEALING_GITHUB_APP_PRIVATE_KEY` are set, else `GITHUB_TOKEN`, else nobody.
 * Half an app stops the process.
 */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const { appId, privateKey, token } = yield* settings
    if (appId !== undefined && privateKey !== undefined) {
      const App = yield* Effect.promise(() => import("./Credential.octokit.ts"))
      return App.layer({ appId: Redacted.value(appId), privateKey })
    }
    if (appId !== undefined || privateKey !== undefined) {
      return yield* Effect.die(new Error("CI_HEALING_GITHUB_APP_ID and CI_HEALING_GITHUB_APP_PRIVATE_KEY belong together: one is missing"))
    }
    return Token.layer(token)
  }),
)
