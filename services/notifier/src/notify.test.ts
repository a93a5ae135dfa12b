import type * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { describe, expect } from "vitest"
import { messageOf, type Notice } from "./message.ts"
import { kinds, noticeOf } from "./notices.suite.ts"
import { handle } from "./notify.ts"
import { Slack, SlackFailed } from "./Slack.ts"
import { wantedKinds } from "./wanted-kinds.ts"

const commandOf = (notice: Notice, id = "cmd-1#1"): Actor.CommandOf<"notifier.notify"> => ({
  id,
  at: "2026-11-23T00:00:00.000Z",
  runId: "run_000000000000000000000001",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  type: "notifier.notify",
  data: notice,
})
const notice = noticeOf("run-escalated")

const withSlack = (answer: Effect.Effect<"slack" | "off", SlackFailed>) => {
  const posts: Array<readonly [key: string, text: string]> = []
  const slack = Slack.of({
    post: (key, { text }) => {
      posts.push([key, text])
      return answer
    },
    notes: Effect.succeed([]),
  })
  const notify = (command: ReturnType<typeof commandOf>, wanted = new Set(kinds)) =>
    Effect.provideService(handle(wanted)(command), Slack, slack)
  return { posts, notify }
}
const failed = (kind: SlackFailed["kind"], afterMs: number) => Effect.fail(new SlackFailed({ kind, why: "Slack said no", afterMs }))

describe("notifying", () => {
  it.effect("tells of every kind, and says where", () =>
    Effect.gen(function* () {
      const { posts, notify } = withSlack(Effect.succeed("slack"))
      for (const kind of kinds) expect(yield* notify(commandOf(noticeOf(kind)))).toEqual({ type: "notified", data: { channel: "slack" } })
      expect(posts.map(([, text]) => text)).toEqual(kinds.map((kind) => messageOf(noticeOf(kind)).text))
    }),
  )

  it.effect("gives a command that is delivered twice, or sent again, the same key", () =>
    Effect.gen(function* () {
      const { posts, notify } = withSlack(Effect.succeed("slack"))
      for (const id of ["cmd-1#1", "cmd-1#1", "cmd-1#2", "cmd-2#1"]) yield* notify(commandOf(notice, id))
      expect(posts.map(([key]) => key)).toEqual(["cmd-1", "cmd-1", "cmd-1", "cmd-2"])
    }),
  )

  it.effect("answers that nobody is told when there is no channel", () =>
    Effect.gen(function* () {
      expect(yield* withSlack(Effect.succeed("off")).notify(commandOf(notice))).toEqual({ type: "notified", data: { channel: "off" } })
    }),
  )

  it.effect("gives up what Slack will never take", () =>
    Effect.gen(function* () {
      expect(yield* withSlack(failed("refused", 0)).notify(commandOf(notice))).toEqual({ type: "notified", data: { channel: "off" } })
    }),
  )

  it.effect("comes again when told to wait, and that does not count as a try", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withSlack(failed("wait", 9_000)).notify(commandOf(notice)))
      expect(error).toEqual(new Retry({ reason: "Slack said no", afterMs: 9_000, uncounted: true }))
    }),
  )

  it.effect("comes again as long as the notice is worth telling while Slack is away: no number of tries ends that", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withSlack(failed("away", 15_000)).notify(commandOf(notice)))
      expect(error).toEqual(new Retry({ reason: "Slack said no", afterMs: 15_000, uncounted: true }))
    }),
  )

  it.effect("says nothing of kinds that nobody wants", () =>
    Effect.gen(function* () {
      const { posts, notify } = withSlack(Effect.succeed("slack"))
      const wanted = new Set<Notice["kind"]>(["run-fixed"])
      expect(yield* notify(commandOf(notice), wanted)).toEqual({ type: "notified", data: { channel: "off" } })
      expect(posts).toEqual([])
    }),
  )
})

describe("the kinds that are wanted", () => {
  const wanted = (text: string | undefined) =>
    Effect.provideService(
      wantedKinds,
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnvRecord(text === undefined ? {} : { CI_HEALING_SLACK_EVENTS: text }),
    )

  it.effect("are all, or those that are named", () =>
    Effect.gen(function* () {
      expect([...(yield* wanted(undefined))]).toEqual(kinds)
      expect([...(yield* wanted(" , "))]).toEqual(kinds)
      expect([...(yield* wanted(" run-escalated,run-fixed ,"))]).toEqual(["run-escalated", "run-fixed"])
    }),
  )

  it.effect("must exist, or the process stops and says which one does not", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(wanted("run-fixed,run-exploded"))
      expect(error.message).toMatch(/no such event: run-exploded; there are failure-queued, /u)
      expect(error.message).toContain("CI_HEALING_SLACK_EVENTS")
    }),
  )
})
