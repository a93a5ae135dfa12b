/** What every layer of Slack promises. */
import { Effect, type Scope } from "effect"
import { describe, expect, it } from "vitest"
import { messageOf } from "./message.ts"
import { kinds, noticeOf } from "./notices.suite.ts"
import type { Slack } from "./Slack.ts"

export interface OpenedSlack {
  readonly slack: typeof Slack.Service
  /** How many messages stand in the channel. */
  readonly posted: () => number
}

/** Runs the contract on one layer; `channel` is what it answers. */
export const slackSuite = (name: string, channel: "slack" | "off", open: Effect.Effect<OpenedSlack, never, Scope.Scope>) => {
  const inChannel = <A>(test: (opened: OpenedSlack) => Effect.Effect<A, unknown>) =>
    Effect.runPromise(Effect.asVoid(Effect.scoped(Effect.flatMap(open, test))))
  const expected = (count: number) => (channel === "slack" ? count : 0)

  describe(name, () => {
    it.each(kinds)("says where %s went", (kind) =>
      inChannel(({ slack, posted }) =>
        Effect.gen(function* () {
          expect(yield* slack.post("a", messageOf(noticeOf(kind)))).toBe(channel)
          expect(posted()).toBe(expected(1))
        }),
      ),
    )

    it("posts a key once, also when it comes again meanwhile", () =>
      inChannel(({ slack, posted }) =>
        Effect.gen(function* () {
          const post = slack.post("a", messageOf(noticeOf("run-flaky")))
          expect(yield* Effect.all([post, post, post], { concurrency: "unbounded" })).toEqual([channel, channel, channel])
          expect(yield* post).toBe(channel)
          expect(posted()).toBe(expected(1))
        }),
      ))

    it("has nothing to say of itself as long as all is well", () =>
      inChannel(({ slack }) =>
        Effect.gen(function* () {
          yield* slack.post("a", messageOf(noticeOf("run-flaky")))
          expect(yield* slack.notes).toEqual([])
        }),
      ))
  })
}
