/** What the memory promises, whichever database keeps it. */
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, References, type Scope } from "effect"
import { describe, expect, it } from "vitest"
import { embedByHash } from "./hash-features.ts"
import { type MemoriesOptions, make } from "./Memories.postgres.ts"
import type { Memories } from "./Memories.ts"
import { migrations } from "./migrations.ts"
import { asked, logs, patchOf, remembered, type Story, signatureOf } from "./stories.suite.ts"

type Database = Effect.Effect<typeof Sql.Service, never, Scope.Scope>
type Kept = typeof Memories.Service

/** An empty memory on a database of its own. */
export const onDatabase = <A>(
  database: Database,
  options: Partial<MemoriesOptions>,
  use: (memories: Kept, sql: typeof Sql.Service) => Effect.Effect<A, unknown>,
) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const sql = yield* database
        yield* migrate(migrations()).pipe(Effect.provideService(Sql, sql), Effect.provideService(References.MinimumLogLevel, "Warn"))
        return yield* use(
          yield* Effect.provideService(make({ shared: false, exactUpTo: 1_000, perRepository: 1_000, ...options }), Sql, sql),
          sql,
        )
      }),
    ),
  )

/** Remembers stories as runs 1, 2, ... */
const rememberAll = (memories: Kept, stories: ReadonlyArray<Story>) =>
  Effect.forEach(stories, (story, index) => memories.remember(...remembered(index + 1, story)), { discard: true })

/** Runs the contract on one kind of database. */
export const memoriesSuite = (name: string, database: Database) => {
  const recall = (stories: ReadonlyArray<Story>, question: Parameters<typeof asked>[0] = {}, options: Partial<MemoriesOptions> = {}) =>
    onDatabase(database, options, (memories) => Effect.andThen(rememberAll(memories, stories), memories.recall(...asked(question))))
  const summaries = async (...parameters: Parameters<typeof recall>) => (await recall(...parameters)).map(({ summary }) => summary)

  describe(name, () => {
    it("knows nothing at first", async () => {
      expect(await recall([])).toEqual([])
    })

    it("gives back what it was told, and says why it fits", async () => {
      const signature = signatureOf(0xabc)
      const found = await recall([{ signature, pullRequestUrl: "https://github.test/acme/shop/pull/7" }], { signature })
      expect(found).toEqual([
        {
          memoryId: expect.stringMatching(/^mem_[0-9a-f]{24}$/u),
          score: 1,
          why: "the same failure in this repository on this branch; its fix was merged",
          signature,
          repository: "acme/shop",
          branch: "main",
          outcome: "merged",
          strategy: "revert",
          summary: "summary 1",
          patch: patchOf(1),
          provenance: {
            runId: "run_000000000000000000000001",
            commitSha: "c".repeat(40),
            pullRequestUrl: "https://github.test/acme/shop/pull/7",
          },
        },
      ])
    })

    it("finds the failure that is alike among all others, and leaves out what is not", async () => {
      const { cart, ...others } = logs
      const stories = Object.values(others).map((log) => ({ log, outcome: "validated" as const }))
      const found = await recall(stories, { log: cart })
      expect(found.map(({ summary }) => summary)).toEqual(["summary 1"])
      expect(found[0]?.score).toBeGreaterThan(0.5)
      expect(found[0]?.score).toBeLessThan(0.7)
      expect(found[0]?.why).toMatch(/^8\d % alike in this repository on this branch; its fix was proven, not merged yet$/u)
    })

    it("puts this very failure first, of it what was merged, then what was proven, then what was rejected", async () => {
      const signature = signatureOf(0xabc)
      const stories: ReadonlyArray<Story> = [
        { log: logs.cart },
        { signature, log: logs.rust, outcome: "rejected", why: "two tests are still red" },
        { signature, log: logs.rust, outcome: "validated" },
        { signature, log: logs.rust, outcome: "merged" },
      ]
      const found = await recall(stories, { signature })
      expect(found.map(({ summary }) => summary)).toEqual(["summary 4", "summary 3", "summary 2", "summary 1"])
      expect(found[2]?.why).toBe(
        "the same failure in this repository on this branch; its fix was rejected, not to be repeated: two tests are still red",
      )
    })

    it("tells nothing of other repositories unless that is wanted, and then only what a person merged", async () => {
      const signature = signatureOf(0xabc)
      const elsewhere = { repository: "acme/warehouse", log: logs.cartElsewhere }
      const stories: ReadonlyArray<Story> = [
        { ...elsewhere, outcome: "merged" },
        { ...elsewhere, outcome: "validated" },
        { ...elsewhere, outcome: "rejected" },
        { ...elsewhere, signature, outcome: "merged" },
        { ...elsewhere, signature, outcome: "validated" },
        { repository: "acme/other", log: logs.python, outcome: "merged" },
        { log: logs.cart, outcome: "validated" },
      ]
      expect(await summaries(stories, { signature })).toEqual(["summary 7"])
      const found = await recall(stories, { signature }, { shared: true })
      expect(found.map(({ summary }) => summary)).toEqual(["summary 4", "summary 7", "summary 1"])
      expect(found[0]).toMatchObject({ why: "the same failure in acme/warehouse; its fix was merged", patch: patchOf(4) })
    })

    it("takes a repository for the same however its name is written", async () => {
      expect(await summaries([{ repository: "Acme/Shop" }], { repository: "acme/shop" })).toEqual(["summary 1"])
    })

    it("compares only vectors of one model, and still finds the very same failure", async () => {
      const signature = signatureOf(0xabc)
      const other = { model: "other/3", vector: [1, 0, 0] }
      const found = await onDatabase(database, {}, (memories) =>
        Effect.gen(function* () {
          yield* memories.remember(remembered(1, { signature })[0], other)
          yield* memories.remember(remembered(2)[0], other)
          yield* memories.remember(remembered(3)[0], embedByHash(logs.cart))
          const [question] = asked({ signature })
          return [yield* memories.recall(question, embedByHash(logs.cart)), yield* memories.recall(question, other)]
        }),
      )
      expect(found.map((matches) => matches.map(({ summary }) => summary))).toEqual([
        ["summary 1", "summary 3"],
        ["summary 1", "summary 2"],
      ])
      expect(found.map((matches) => matches[0]?.score)).toEqual([0.85, 1])
    })

    const outcomes = ["validated", "merged", "rejected"] as const
    it.each(outcomes)("turns proven into the first final outcome, and never back (%s)", (second) =>
      onDatabase(database, {}, (memories) =>
        Effect.forEach(
          outcomes,
          (first, index) =>
            Effect.gen(function* () {
              const story = { signature: signatureOf(index + 1), pullRequestUrl: `https://github.test/pull/${index}` }
              yield* memories.remember(...remembered(index, { ...story, outcome: first, why: "first" }))
              yield* memories.remember(...remembered(index, { ...story, outcome: second, why: "second" }))
              const [found] = yield* memories.recall(...asked({ signature: story.signature }))
              expect(found?.outcome).toBe(first === "validated" ? second : first)
              if (found?.outcome === "rejected") expect(found.why).toContain(first === "validated" ? "second" : "first")
              expect(found?.provenance.pullRequestUrl).toBe(story.pullRequestUrl)
            }),
          { discard: true },
        ),
      ),
    )

    it("finds the same through the index as without", async () => {
      const stories = Object.values(logs).map((log) => ({ log }))
      const [exact, indexed] = [await recall(stories), await recall(stories, {}, { exactUpTo: 3 })]
      expect(indexed).toEqual(exact)
      expect(indexed.map(({ summary }) => summary)).toEqual(["summary 1", "summary 2"])
    })

    it("keeps texts that a database would refuse or run", async () => {
      const log = "a\u0000b '; drop table memory; -- \ud800 🔥"
      const found = await recall([{ log, repository: "o'brien/x".replace("'", "-"), why: "\u0000'" }], { log, repository: "o-brien/x" })
      expect(found).toHaveLength(1)
    })

    describe("when there are more of a repository than it keeps", () => {
      const told = (outcomes: ReadonlyArray<"validated" | "merged" | "rejected">, more: ReadonlyArray<Story> = []) =>
        onDatabase(database, { perRepository: 10 }, (memories, sql) =>
          Effect.gen(function* () {
            yield* rememberAll(memories, [...outcomes.map((outcome) => ({ outcome })), ...more])
            const rows = yield* sql.query("select repository, summary from memory order by summary")
            return rows.map((row) => `${row["repository"]} ${String(row["summary"]).replace("summary ", "")}`)
          }),
        )
      const repeated = <A>(times: number, value: A) => Array.from({ length: times }, () => value)
      const of = (repository: string, ...numbers: ReadonlyArray<number>) => numbers.map((n) => `${repository} ${n}`).sort()

      it("forgets what was rejected, then what was only proven, then the oldest", async () => {
        expect(await told([...repeated(6, "merged" as const), "rejected", "validated", ...repeated(4, "merged" as const)])).toEqual(
          of("acme/shop", 1, 2, 3, 4, 5, 6, 9, 10, 11, 12),
        )
        expect(await told(repeated(12, "merged" as const))).toEqual(of("acme/shop", 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
      })

      it("keeps what it was just told all the same: it may be merged yet", async () => {
        expect(await told([...repeated(10, "merged" as const), "rejected"])).toEqual(of("acme/shop", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))
      })

      it("forgets nothing of another", async () => {
        const elsewhere = repeated(3, { repository: "acme/other", outcome: "rejected" } as const)
        expect(await told(repeated(11, "merged" as const), [...elsewhere, { repository: "Acme/Shop" }])).toEqual(
          [...of("acme/shop", 3, 4, 5, 6, 7, 8, 9, 10, 11), ...of("acme/other", 12, 13, 14), "Acme/Shop 15"].sort(
            (a, b) => a.split(" ")[1]?.localeCompare(b.split(" ")[1] ?? "") ?? 0,
          ),
        )
      })
    })

    it("gives no more than was asked for", async () => {
      const stories = Array.from({ length: 30 }, () => ({ log: logs.cart }))
      expect(await recall(stories, { limit: 3 })).toHaveLength(3)
      expect(await recall(stories, { limit: 0 })).toHaveLength(0)
      expect(await recall(stories, { limit: 1_000 })).toHaveLength(20)
    })
  })
}
