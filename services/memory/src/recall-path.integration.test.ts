import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { hashFeatures } from "./hash-features.ts"
import { type MemoriesOptions, make } from "./Memories.postgres.ts"
import { onDatabase } from "./Memories.suite.ts"
import { asked, logs, patchOf } from "./stories.suite.ts"

/** In all; the first hundredth is of acme/shop, the rest of acme/big. */
const memories = 4_000
const threshold = 1_000
const words = ["cart", "total", "shipping", "queue", "parse", "token", "mount", "socket", "schema", "render", "cache", "price", "tax"]
const logOf = (n: number) => [0, 1, 2, 3].map((at) => words[Math.floor(n / words.length ** at) % words.length]).join(" ")

const fill = `
insert into memory (memory_id, run_id, attempt, repository, branch, commit_sha, signature, digest, summary, strategy, patch, outcome, embedding_model, embedding)
select 'mem_' || n, 'run_000000000000000000000001', 1, case when n < ${memories / 100} then 'acme/shop' else 'acme/big' end, 'main', repeat('c', 40),
  lpad(to_hex(n + 1), 16, '0'), '', 'summary ' || n, 'revert', patch::text::jsonb, 'merged', 'hashed-384', embedding::vector
from jsonb_to_recordset($1::text::jsonb) as given (n int, patch jsonb, embedding text)`

let server: PostgresServer
let url: string
beforeAll(async () => {
  server = await startPostgres()
  url = await server.freshDatabase()
  await onDatabase(Postgres.make(url, 1), {}, (_, sql) =>
    Effect.gen(function* () {
      for (let from = 0; from < memories; from += 500) {
        const rows = Array.from({ length: 500 }, (_row, at) => ({
          n: from + at,
          patch: patchOf(from + at),
          embedding: JSON.stringify(hashFeatures(logOf(from + at))),
        }))
        yield* sql.query(fill, [JSON.stringify(rows)])
      }
      yield* sql.query("analyze memory")
    }),
  )
})
afterAll(() => server?.stop())

/** What is found for a log, and how the database went about it. */
const recall = (repository: string, log: string, options: Partial<MemoriesOptions>) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const sql = yield* Postgres.make(url, 1)
        const plans: Array<string> = []
        const explaining = (query: (typeof sql)["query"]): (typeof sql)["query"] =>
          Effect.fnUntraced(function* (text, parameters) {
            if (text.includes("union all")) plans.push(JSON.stringify(yield* query(`explain ${text}`, parameters)))
            return yield* query(text, parameters)
          })
        const watched = Sql.of({
          ...sql,
          query: explaining(sql.query),
          transaction: (work) => sql.transaction((query) => work(explaining(query))),
        })
        const kept = yield* make({ shared: false, exactUpTo: threshold, perRepository: memories, ...options }).pipe(
          Effect.provideService(Sql, watched),
        )
        const found = yield* kept.recall(...asked({ repository, log, limit: 10 }))
        return { found, indexed: plans.some((plan) => plan.includes("memory_nearest")) }
      }),
    ),
  )

describe("recall among many memories", () => {
  const questions = [17, 1_234, 2_345, 3_999].map((n) => `${logOf(n)} failed`)

  it("uses the index where many are comparable, and finds what comparing all of them finds", async () => {
    for (const log of questions) {
      const quick = await recall("acme/big", log, {})
      const exact = await recall("acme/big", log, { exactUpTo: memories })
      expect([quick.indexed, exact.indexed]).toEqual([true, false])
      expect(exact.found).toHaveLength(10)
      const scores = (matches: typeof exact.found) => matches.map(({ score }) => score)
      const worst = Math.min(...scores(exact.found))
      expect(scores(quick.found).filter((score) => score >= worst).length).toBeGreaterThanOrEqual(9)
    }
  })

  it("compares all where a repository has few, however many the others have", async () => {
    const { found, indexed } = await recall("acme/shop", `${logOf(7)} failed`, {})
    expect(indexed).toBe(false)
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]?.summary).toBe("summary 7")
  })

  it("finds the few of a repository through the index, too, though the filter leaves out 99 of 100", async () => {
    const log = `${logOf(7)} failed`
    const exact = await recall("acme/shop", log, { exactUpTo: memories })
    const { found } = await recall("acme/shop", log, { exactUpTo: 10 })
    expect(found.map(({ score }) => score)).toEqual(exact.found.map(({ score }) => score))
  })

  it("chooses for each place by itself when memories are shared", async () => {
    const { found, indexed } = await recall("acme/shop", logs.cart.replace("TypeError", logOf(7)), { shared: true })
    expect(indexed).toBe(true)
    expect(found.every(({ repository }) => repository.startsWith("acme/"))).toBe(true)
    const other = await recall("acme/shop", `${logOf(1_234)} failed`, { shared: true })
    expect(other.found.map(({ repository }) => repository)).toContain("acme/big")
  })
})
