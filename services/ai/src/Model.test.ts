import { Effect } from "effect"
import { payWhenBroken } from "./limit-answer.ts"
import { make, type Scripted } from "./Model.scripted.ts"
import { modelSuite, type Step } from "./Model.suite.ts"
import { ModelAway, VendorRefused } from "./Model.ts"
import { failureOf } from "./vendor-failure.ts"

const failure = (status: number, headers: Record<string, string> = {}) =>
  failureOf("scripted", { status, headers: new Headers(headers), message: "scripted", code: undefined }, [])

const scriptedOf = (step: Step): Scripted => {
  if ("says" in step) return { text: step.says }
  if ("calls" in step) return { calls: step.calls }
  if ("cutsOff" in step) return { calls: [step.cutsOff], stop: "length" }
  if ("refuses" in step) return { text: step.refuses, stop: "refused" }
  if ("fails" in step) return failure(step.fails, step.retryAfter === undefined ? {} : { "retry-after": `${step.retryAfter}` })
  return step.goes === "stalled" ? "silence" : new ModelAway({ reason: step.goes })
}

/** The scripted model keeps silent for ever; whoever wants to know waits as long as an adapter would. */
const patience = Effect.timeoutOrElse({ duration: 300, orElse: () => Effect.fail(new ModelAway({ reason: "nothing came for 300 ms" })) })
const settings = { model: "scripted", price: { input: 2, output: 10 } }

modelSuite({
  vendor: "Model.scripted",
  open: (key) =>
    Effect.sync(() => {
      const script: Array<Scripted> = key === "bad" ? [new VendorRefused({ reason: "no such key" })] : []
      const { model, requests } = make(script)
      const left = Promise.withResolvers<void>()
      return {
        asks: {
          ...model,
          ask: (request) =>
            model.ask(request).pipe(
              Effect.onInterrupt(() => Effect.sync(left.resolve)),
              patience,
              payWhenBroken(request, settings, request.maxOutputTokens),
            ),
        },
        script: (...steps) => void script.push(...steps.map(scriptedOf)),
        requests: () =>
          requests.map(({ system, turns, tools, maxTokens }) => ({
            text: `${system}${JSON.stringify(turns)}`,
            tools: tools.map(({ name }) => name),
            maxTokens,
          })),
        received: () => Promise.resolve(),
        hungUp: () => left.promise,
      }
    }),
})
