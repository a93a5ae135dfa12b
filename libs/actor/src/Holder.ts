import { Context, Effect, Layer } from "effect"

/** Names the holder of a delivery: unique per process and delivery, so that two copies of the same work can be told apart. */
export class Holder extends Context.Service<Holder, { readonly next: Effect.Effect<string> }>()("ci-fix-pilot/Holder") {
  static readonly layer = Layer.sync(Holder, () => {
    const process = crypto.randomUUID().slice(0, 13)
    let count = 0
    return Holder.of({
      next: Effect.sync(() => {
        count += 1
        return `${process}-${count.toString(36)}`
      }),
    })
  })
}
