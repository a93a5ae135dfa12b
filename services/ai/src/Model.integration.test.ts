import * as anthropic from "@ci-fix-pilot/testkit/anthropic-replies"
import { anthropicServer } from "@ci-fix-pilot/testkit/anthropic-server"
import * as openai from "@ci-fix-pilot/testkit/openai-replies"
import { openAiServer } from "@ci-fix-pilot/testkit/openai-server"
import { Effect, Redacted } from "effect"
import { makeAnthropic } from "./Model.anthropic.ts"
import { makeOpenAi } from "./Model.openai.ts"
import { modelSuite, type Step } from "./Model.suite.ts"

const goodKey = "sk-good-key-0123456789abcdef"
const settings = (key: "good" | "bad", baseUrl: string, stallMs: number) => ({
  apiKey: Redacted.make(key === "good" ? goodKey : "sk-wrong-key-0123456789abcdef"),
  baseUrl,
  model: "some-model",
  price: { input: 2, output: 10 },
  stallMs,
  timeoutMs: 30_000,
})

const anthropicReply = (step: Step): anthropic.AnthropicReply => {
  if ("says" in step)
    return anthropic.message([
      { type: "thinking", thinking: "hm" },
      { type: "text", text: step.says },
    ])
  if ("calls" in step)
    return anthropic.message([{ type: "text", text: "" }, ...step.calls.map((call) => ({ type: "tool_use" as const, ...call }))])
  if ("cutsOff" in step) return anthropic.uses(step.cutsOff.name, step.cutsOff.input, { stopReason: "max_tokens" })
  if ("refuses" in step) return anthropic.says(step.refuses, { stopReason: "refusal" })
  if ("fails" in step)
    return step.retryAfter === undefined ? anthropic.fails(step.fails, `key ${goodKey} is odd`) : anthropic.rateLimited(step.retryAfter)
  return {
    silent: anthropic.silent,
    reset: anthropic.resets,
    garbage: anthropic.garbage,
    stalled: anthropic.stalls(),
    broken: anthropic.breaks(),
    short: anthropic.endsEarly(5),
    failed: anthropic.failsInStream(),
    garbled: anthropic.turnsToGarbage(),
  }[step.goes]
}

modelSuite({
  vendor: "Model.anthropic",
  open: (key, stallMs) =>
    Effect.map(anthropicServer({ apiKey: goodKey }), (server) => ({
      asks: makeAnthropic(settings(key, server.url, stallMs)),
      script: (...steps) => server.reply(...steps.map(anthropicReply)),
      requests: () => server.requests,
      received: server.received,
      hungUp: server.hungUp,
    })),
})

const openAiReply = (step: Step): openai.OpenAiReply => {
  if ("says" in step) return openai.says(step.says)
  if ("calls" in step) return openai.calls(step.calls)
  if ("cutsOff" in step) return openai.uses(step.cutsOff.name, step.cutsOff.input, { finishReason: "length" })
  if ("refuses" in step) return openai.says("", { refusal: step.refuses })
  if ("fails" in step)
    return step.retryAfter === undefined ? openai.fails(step.fails, `key ${goodKey} is odd`) : openai.rateLimited(step.retryAfter)
  return {
    silent: openai.silent,
    reset: openai.resets,
    garbage: openai.garbage,
    stalled: openai.stalls(),
    broken: openai.breaks(),
    short: openai.endsEarly(),
    failed: openai.failsInStream(),
    garbled: openai.turnsToGarbage(),
  }[step.goes]
}

modelSuite({
  vendor: "Model.openai",
  open: (key, stallMs) =>
    Effect.map(openAiServer({ apiKey: goodKey }), (server) => ({
      asks: makeOpenAi(settings(key, server.url, stallMs)),
      script: (...steps) => server.reply(...steps.map(openAiReply)),
      requests: () => server.requests,
      received: server.received,
      hungUp: server.hungUp,
    })),
})
