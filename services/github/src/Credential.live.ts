import { Config, Effect, Layer, Option } from "effect"
import * as App from "./Credential.app.ts"
import * as Token from "./Credential.token.ts"

const settings = Config.all({
  appId: Config.option(Config.NonEmptyString("CI_HEALING_GITHUB_APP_ID")),
  privateKey: Config.option(Config.Redacted("CI_HEALING_GITHUB_APP_PRIVATE_KEY")),
  token: Config.option(Config.Redacted("GITHUB_TOKEN")),
})

/**
 * A GitHub App when `CI_HEALING_GITHUB_APP_ID` and `CI_HEALING_GITHUB_APP_PRIVATE_KEY` are set, else `GITHUB_TOKEN`, else nobody.
 * Half an app stops the process.
 */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const { appId, privateKey, token } = yield* settings
    if (Option.isSome(appId) && Option.isSome(privateKey)) return App.layer({ appId: appId.value, privateKey: privateKey.value })
    if (Option.isSome(appId) !== Option.isSome(privateKey)) {
      return yield* Effect.die(new Error("CI_HEALING_GITHUB_APP_ID and CI_HEALING_GITHUB_APP_PRIVATE_KEY belong together: one is missing"))
    }
    return Token.layer(Option.getOrUndefined(token))
  }),
)
