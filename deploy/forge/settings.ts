import { resolve } from "node:path"
import { Config, Redacted, Schema } from "effect"
import { defaultToken, type ForgeOptions } from "./forge.ts"

const webhook = Config.all({ url: Config.String("FORGE_WEBHOOK_URL"), secret: Config.Redacted("FORGE_WEBHOOK_SECRET") })

/** The forge as its own process, configured by FORGE_* variables. */
export const settings: Config.Config<ForgeOptions> = Config.all({
  dir: Config.String("FORGE_DIR").pipe(Config.withDefault(".data/forge")),
  port: Config.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })), "FORGE_PORT").pipe(Config.withDefault(0)),
  hostname: Config.String("FORGE_HOST").pipe(Config.withDefault("127.0.0.1")),
  token: Config.Redacted("FORGE_TOKEN").pipe(Config.withDefault(Redacted.make(defaultToken))),
  webhook: Config.option(webhook),
}).pipe(
  Config.map(({ token, dir, webhook: target, ...rest }) => ({
    ...rest,
    // git runs in other folders than this process.
    dir: resolve(dir),
    token: Redacted.value(token),
    ...(target._tag === "None" ? {} : { webhook: { url: target.value.url, secret: Redacted.value(target.value.secret) } }),
  })),
)
