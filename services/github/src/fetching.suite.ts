/** Fetching failures from a forge. */
import { Objects } from "@ci-fix-pilot/actor/Objects"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import { decodeEvent, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { Effect, Layer } from "effect"
import { command } from "./delivery.suite.ts"
import { handle } from "./fetch-failure.ts"
import { type Around, live, type TestForge, wrapped } from "./forge.suite.ts"
import type { Shop } from "./shop.suite.ts"

export type Data = Partial<CommandData<"github.fetch-failure">>

/** Delivers the command once; gives the outcome, and the stored log's text if there is one. */
export const fetchFrom = (forge: TestForge, shop: Shop, data: Data = {}, around: Around = () => ({})) => {
  const program = Effect.gen(function* () {
    const outcome = yield* Effect.result(handle(command("github.fetch-failure", { target: shop.target, ...data }, shop.runId)))
    if (outcome._tag === "Failure") return { failure: outcome.failure, log: "" }
    const event = outcome.success
    // What is answered must be decodable by whoever reads it.
    const headers = { id: "e", at: "", runId: shop.runId, traceparent: "" }
    yield* decodeEvent(encodeMessage({ ...headers, ...event }))
    const object = event.type === "failure-fetched" ? event.data.digest.object : undefined
    if (object === undefined) return { event, log: "" }
    const stream = yield* Objects.use((objects) => objects.get(object))
    return { event, log: yield* Effect.promise(() => new Response(stream).text()) }
  })
  return Effect.runPromise(program.pipe(Effect.provide(wrapped(around).pipe(Layer.provideMerge(live(forge))))))
}

export const red = (forge: TestForge, shop: Shop, more: object = {}) =>
  forge.recordRun({
    repository: shop.repository,
    branch: "feature/cart",
    conclusion: "failure",
    log: "> vitest run\nAssertionError: expected -30 to be 30\n",
    actor: "ada",
    ...more,
  })
export const green = (forge: TestForge, shop: Shop, more: object = {}) =>
  forge.recordRun({
    repository: shop.repository,
    branch: "main",
    sha: shop.green,
    conclusion: "success",
    log: "ok\n",
    actor: "ada",
    ...more,
  })
export const person = (forge: TestForge, shop: Shop, login: string, permission: string, association: string) =>
  forge.operate("addPerson", {
    repository: shop.repository,
    developer: { login, name: login, email: `${login}@example.com` },
    permission,
    association,
  })
