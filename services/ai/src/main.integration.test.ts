import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as MemoryBus from "@ci-fix-pilot/actor/Bus.memory"
import { Holder } from "@ci-fix-pilot/actor/Holder"
import * as MemoryObjects from "@ci-fix-pilot/actor/Objects.memory"
import type { CommandMessage, EventMessage } from "@ci-fix-pilot/contract/envelope"
import { decodeEvent, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { ListQuestion, ReadFileQuestion, SearchQuestion } from "@ci-fix-pilot/contract/questions"
import { ackWaitMs, commandConsumers, duplicateWindowMs, streams } from "@ci-fix-pilot/contract/streams"
import { asks, commandSubject } from "@ci-fix-pilot/contract/subjects"
import * as anthropic from "@ci-fix-pilot/testkit/anthropic-replies"
import { anthropicServer } from "@ci-fix-pilot/testkit/anthropic-server"
import * as openai from "@ci-fix-pilot/testkit/openai-replies"
import { openAiServer } from "@ci-fix-pilot/testkit/openai-server"
import { ConfigProvider, Effect, Layer, Logger, Schema, type Scope, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { layer } from "./main.ts"
import { diagnose, digest, files, goodFix, proposeFix } from "./material-fixture.ts"
import * as MemorySources from "./Sources.memory.ts"
import type { SourcesAway } from "./Sources.ts"

const key = "sk-test-0123456789abcdef0123"

/** Streams, a planner that always says go, a validator that answers from a table: what the service needs of the others. */
const others = Effect.fnUntraced(function* (validator: string) {
  const bus = yield* Bus
  const durables = commandConsumers.map(({ durable, subject }) => ({ durable, subject, ackWaitMs, maxAckPending: 10 }))
  const common = { maxAgeMs: 60_000, duplicateWindowMs, maxBytes: -1, durables: [] }
  yield* bus.ensure([
    { ...common, name: streams.commands.name, subjects: streams.commands.subjects, retention: "workqueue", durables },
    { ...common, name: streams.events.name, subjects: streams.events.subjects, retention: "limits" },
  ])
  yield* bus.answer(asks.lease, () => Effect.succeed('{"lease":"go"}'))
  if (validator === "absent") return
  const sources = MemorySources.of(files)
  const answering = <Q>(schema: Schema.Codec<Q, unknown>, answer: (question: Q) => Effect.Effect<unknown, SourcesAway>) => {
    const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
    return (text: string) =>
      decode(text).pipe(
        Effect.flatMap(answer),
        Effect.map((found) => JSON.stringify(found)),
        Effect.orDie,
      )
  }
  yield* bus.answer(asks.readFile, answering(ReadFileQuestion, sources.readFile))
  yield* bus.answer(asks.search, answering(SearchQuestion, sources.search))
  yield* bus.answer(asks.list, answering(ListQuestion, sources.list))
})

/** The service over real HTTP to both vendors; `ask` sends a command and gives the answer as it travels. */
const open = Effect.fnUntraced(function* ({ validator = "present", ...environment }: Record<string, string>) {
  const claude = yield* anthropicServer({ apiKey: key })
  const gpt = yield* openAiServer({ apiKey: key })
  const env = {
    ANTHROPIC_API_KEY: key,
    ANTHROPIC_BASE_URL: claude.url,
    OPENAI_BASE_URL: gpt.url,
    ...environment,
  }
  const context = yield* Layer.build(
    layer.pipe(
      Layer.provideMerge(Layer.mergeAll(MemoryBus.layer, Holder.layer, MemoryObjects.layer)),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(env))),
    ),
  )
  const ask = (command: CommandMessage) =>
    Effect.gen(function* () {
      const bus = yield* Bus
      const events = yield* bus.subscribe("evt.ai.>")
      yield* bus.publish(commandSubject(command.type), encodeMessage(command), command.id)
      const [first] = yield* Stream.runCollect(Stream.take(events, 1))
      return { text: first?.text ?? "", event: yield* decodeEvent(first?.text ?? "") }
    }).pipe(Effect.provideContext(context))
  yield* Effect.provideContext(others(validator), context)
  return { claude, gpt, ask }
})
type World = Effect.Success<ReturnType<typeof open>>

const inWorld = (test: (world: World) => Effect.Effect<unknown, unknown, Scope.Scope>, environment: Record<string, string> = {}) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(open(environment), test)).pipe(Effect.asVoid, Effect.provide(Logger.layer([]))))

describe("the ai service", () => {
  it("reads, proposes and says what it cost, with Claude", () =>
    inWorld(({ claude, ask }) =>
      Effect.gen(function* () {
        claude.reply(
          anthropic.message([
            { type: "thinking", thinking: "where is it?" },
            { type: "tool_use", name: "read_file", input: { path: "src/total.js" } },
          ]),
          anthropic.uses("propose_fix", goodFix, { inputTokens: 10_000, outputTokens: 1_000 }),
        )
        const { event } = yield* ask(proposeFix())
        expect(event).toMatchObject({
          type: "fix-proposed",
          causedBy: "cmd-1#0",
          data: { proposal: { patch: { files: ["src/total.js"] } }, usage: { model: "claude-sonnet-5-5" } },
        })
        if (event.type === "fix-proposed") expect(event.data.usage?.costUsd).toBeGreaterThan(0.03)
        expect(claude.requests[1]?.text).toContain("return a - b")
      }),
    ))

  it("does the same with an OpenAI-compatible model", () =>
    inWorld(
      ({ gpt, ask }) =>
        Effect.gen(function* () {
          gpt.reply(openai.uses("search_files", { text: "total" }), openai.uses("propose_fix", goodFix))
          const { event } = yield* ask(proposeFix())
          expect(event).toMatchObject({ type: "fix-proposed", data: { usage: { model: "local-9b" } } })
        }),
      { CI_HEALING_AI_PROVIDER: "openai", OPENAI_API_KEY: key, OPENAI_DEFAULT_MODEL: "local-9b" },
    ))

  it("goes to the other vendor when a key is refused", () =>
    inWorld(
      ({ claude, gpt, ask }) =>
        Effect.gen(function* () {
          gpt.reply(openai.uses("propose_fix", goodFix))
          expect((yield* ask(proposeFix())).event).toMatchObject({ type: "fix-proposed", data: { usage: { model: "gpt-6.1-sol" } } })
          expect([claude.log.length, claude.requests.length]).toEqual([1, 0])
        }),
      { ANTHROPIC_API_KEY: "sk-refused-0123456789abcdef", OPENAI_API_KEY: key },
    ))

  const troubles: ReadonlyArray<readonly [string, anthropic.AnthropicReply, Partial<EventMessage>]> = [
    [
      "is told to wait",
      anthropic.rateLimited(70),
      { type: "postponed", data: { afterMs: 70_000, uncounted: true, why: expect.stringContaining("rate limit") } },
    ],
    [
      "is overloaded",
      anthropic.overloaded(),
      { type: "postponed", data: { afterMs: expect.any(Number), why: expect.stringContaining("Overloaded") } },
    ],
    [
      "stalls",
      anthropic.stalls(),
      { type: "postponed", data: { afterMs: expect.any(Number), why: expect.stringContaining("nothing came for 300 ms") } },
    ],
    ["breaks off", anthropic.breaks(), { type: "postponed", data: { afterMs: expect.any(Number), why: expect.any(String) } }],
    ["talks garbage", anthropic.garbage, { type: "postponed", data: { afterMs: expect.any(Number), why: expect.any(String) } }],
    ["refuses the account", anthropic.fails(403), { type: "failed-for-good", data: { reason: expect.stringContaining("refused") } }],
  ]
  it.each(troubles)("says so when the model %s", (trouble, reply, expected) =>
    inWorld(
      ({ claude, ask }) =>
        Effect.gen(function* () {
          claude.reply(reply)
          expect((yield* ask(proposeFix())).event).toMatchObject(expected)
          expect(claude.log).toHaveLength(1)
        }),
      // Short only where nothing comes on purpose.
      trouble === "stalls" ? { CI_HEALING_AI_STALL_TIMEOUT_MS: "300" } : {},
    ),
  )

  it("shrinks once what the vendor finds too long", () =>
    inWorld(({ claude, ask }) =>
      Effect.gen(function* () {
        claude.reply(anthropic.fails(400, "prompt is too long: 30001 tokens > 30000 maximum"), anthropic.uses("propose_fix", goodFix))
        const text = Array.from({ length: 2_000 }, (_, line) => `line ${line}`).join("\n")
        const { event } = yield* ask(
          proposeFix({ digest: { ...digest, text: `${text}${"x".repeat(4_000)}`, firstError: 0 }, memories: [] }),
        )
        expect(event.type).toBe("fix-proposed")
        const [before, after] = claude.requests.map((request) => request.text.length)
        expect(after).toBeLessThan(before ?? 0)
      }),
    ))

  it("sends no secret to the vendor and says none to the others", () =>
    inWorld(({ claude, ask }) =>
      Effect.gen(function* () {
        const token = `ghp_${"a1B2".repeat(9)}`
        claude.reply(anthropic.fails(400, `bad key ${key} and ${token}`), anthropic.uses("decline", { reason: `I saw ${token}` }))
        const { text } = yield* ask(proposeFix({ digest: { ...digest, text: `token ${token}\npassword=hunter2hunter2` } }))
        const sent = claude.log.map((request) => request.body).join("\n")
        for (const secret of [token, "hunter2"]) expect(sent).not.toContain(secret)
        for (const secret of [token, key, "hunter2"]) expect(text).not.toContain(secret)
        expect(text).toContain("fix-declined")
      }),
    ))

  it("diagnoses with the model when the rules do not know, and without it when it is away", () =>
    inWorld(({ claude, ask }) =>
      Effect.gen(function* () {
        const vague = { ...digest, text: "it went wrong somehow" }
        claude.reply(
          anthropic.uses("diagnose", { kind: "environment", summary: "a disk is full", suspectFiles: [], confidence: 0.6 }),
          anthropic.overloaded(),
        )
        expect((yield* ask(diagnose({ digest: vague }))).event).toMatchObject({ type: "diagnosed", data: { diagnosis: { by: "model" } } })
        const again = { ...diagnose({ digest: vague }), id: "cmd-3#0" }
        expect((yield* ask(again)).event).toMatchObject({ type: "diagnosed", data: { diagnosis: { by: "rules" }, modelAvailable: true } })
      }),
    ))

  it("says so when nobody answers for the files, before any money is spent", () =>
    inWorld(
      ({ claude, ask }) =>
        Effect.gen(function* () {
          const { event } = yield* ask(proposeFix())
          expect(event).toMatchObject({ type: "postponed", data: { why: expect.stringContaining("NobodyAnswered") } })
          expect(claude.log).toEqual([])
        }),
      { validator: "absent" },
    ))

  it("answers each delivery, under its own name, when a command comes twice", () =>
    inWorld(({ claude, ask }) =>
      Effect.gen(function* () {
        claude.replyAlways(anthropic.uses("propose_fix", goodFix))
        const first = (yield* ask(proposeFix())).event
        const second = (yield* ask({ ...proposeFix(), id: "cmd-1#1" })).event
        expect(second.data).toEqual(first.data)
        expect(second.id).not.toBe(first.id)
      }),
    ))
})
