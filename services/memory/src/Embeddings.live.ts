import { Config, Effect, Layer, Redacted, Schema } from "effect"
import * as Hashed from "./Embeddings.hashed.ts"
import * as OpenAi from "./Embeddings.openai.ts"
import { Embeddings } from "./Embeddings.ts"

const timeoutMs = 10_000

/** Empty is as good as not set: that is how compose files pass what nobody chose. */
const Endpoint = Schema.String.check(
  Schema.makeFilter((text) => text === "" || (/^https?:\/\//u.test(text) && URL.canParse(text)) || "expected an http or https address"),
)
const settings = Config.all({
  url: Config.schema(Endpoint, "CI_HEALING_EMBEDDINGS_URL").pipe(Config.withDefault("")),
  key: Config.Redacted("CI_HEALING_EMBEDDINGS_KEY").pipe(Config.withDefault(Redacted.make(""))),
  model: Config.String("CI_HEALING_EMBEDDINGS_MODEL").pipe(Config.withDefault("")),
})

/** The endpoint of `CI_HEALING_EMBEDDINGS_URL` when it is set, else no service at all. */
export const layer = Layer.unwrap(
  Effect.map(settings, ({ url, key, model }) =>
    url === ""
      ? Hashed.layer
      : Layer.succeed(
          Embeddings,
          OpenAi.make({
            url: url.replace(/\/+$/u, ""),
            key: Redacted.value(key).trim() === "" ? undefined : key,
            model: model.trim() || "text-embedding-3-small",
            timeoutMs,
          }),
        ),
  ),
)
