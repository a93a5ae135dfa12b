import { Match, Patch } from "@ci-fix-pilot/contract/values"
import { type Row, rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Config, Effect, Layer, Schema } from "effect"
import { hashedModel } from "./hash-features.ts"
import { type Embedded, Memories, type Question, type Remembered } from "./Memories.ts"
import { type Candidate, pickMatches } from "./pick-matches.ts"
import { countQuery, indexSettings, type Place, recallQuery } from "./recall-query.ts"

/**
 * `shared`: other repositories' merged fixes are offered, too. `exactUpTo`: memories that are compared one by one; beyond, the index is
 * faster. `perRepository`: memories of one repository that are kept.
 */
export interface MemoriesOptions {
  readonly shared: boolean
  readonly exactUpTo: number
  readonly perRepository: number
}

/** Measured: 5,000 comparisons take 20 ms and miss nothing, 24,000 take 100 ms, where the index takes 12 ms. */
const exactUpTo = 5_000
const longestAnswer = 20

/** The first final outcome stays; the vector is always of the model in use now. */
const remember = `
insert into memory (memory_id, run_id, attempt, repository, branch, commit_sha, signature, digest, summary, strategy, patch, outcome, why, pull_request_url, embedding_model, embedding)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12, $13, $14, $15, $16::text::vector)
on conflict (memory_id) do update set
  outcome = case when memory.outcome = 'validated' then excluded.outcome else memory.outcome end,
  why = case when memory.outcome = 'validated' then coalesce(excluded.why, memory.why) else coalesce(memory.why, excluded.why) end,
  pull_request_url = coalesce(excluded.pull_request_url, memory.pull_request_url),
  embedding_model = excluded.embedding_model, embedding = excluded.embedding, updated_at = now()`

/**
 * Forgets what a repository ($1) has beyond $2: what was rejected first, then what was only proven, the oldest of each; but none of the
 * newest tenth, which may be merged yet and warns of what was just tried. A thousand at a time, as a memory of years may be beyond it.
 */
const forget = `
with kept as (
  select memory_id, outcome, updated_at, row_number() over (order by updated_at desc, memory_id) > $2::int / 10 as old
  from memory where lower(repository) = lower($1)
    and exists (select 1 from memory where lower(repository) = lower($1) offset $2::int limit 1)
), beyond as (
  select memory_id from kept
  order by old, array_position(array['merged', 'validated', 'rejected'], outcome), updated_at desc, memory_id offset $2::int limit 1000
)
delete from memory where memory_id in (
  select memory_id from memory where memory_id in (select memory_id from beyond) order by memory_id for update skip locked)`

/** Postgres keeps no NUL. */
const plain = (text: string) => text.replaceAll("\u0000", "").toWellFormed()

const parametersOf = (memory: Remembered, { model, vector }: Embedded) => [
  memory.memoryId,
  memory.runId,
  memory.attempt,
  memory.target.repository,
  memory.target.branch,
  memory.target.commitSha,
  memory.signature,
  plain(memory.digest.text),
  plain(memory.diagnosis.summary),
  memory.proposal.strategy,
  JSON.stringify(memory.proposal.patch),
  memory.outcome,
  memory.why === undefined ? null : plain(memory.why),
  memory.pullRequestUrl ?? null,
  model,
  JSON.stringify(vector),
]

const decodeRows = rowsOf(
  Schema.Struct({
    memory_id: Schema.String,
    repository: Schema.String,
    branch: Schema.String,
    commit_sha: Schema.String,
    run_id: Schema.String,
    signature: Schema.String,
    summary: Schema.String,
    strategy: Match.fields.strategy,
    patch: Patch,
    outcome: Match.fields.outcome,
    why: Schema.NullOr(Schema.String),
    pull_request_url: Schema.NullOr(Schema.String),
    likeness: Schema.NullOr(Schema.Finite),
    here: Schema.Boolean,
    same: Schema.Boolean,
  }),
)

const candidatesOf = (rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<Candidate>> =>
  Effect.map(decodeRows(rows), (decoded) =>
    decoded.map((row) => ({
      memoryId: row.memory_id,
      signature: row.signature,
      repository: row.repository,
      branch: row.branch,
      outcome: row.outcome,
      strategy: row.strategy,
      summary: row.summary,
      patch: row.patch,
      provenance: {
        runId: row.run_id,
        commitSha: row.commit_sha,
        ...(row.pull_request_url === null ? {} : { pullRequestUrl: row.pull_request_url }),
      },
      likeness: row.likeness ?? undefined,
      same: row.same,
      here: row.here,
      rejectedBecause: row.why ?? undefined,
    })),
  )

export const make = (options: MemoriesOptions) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    const places: ReadonlyArray<Place> = options.shared ? ["here", "elsewhere"] : ["here"]

    /** Where the index serves: only where comparing would take long, and only for the model that it is made of. */
    const choosePaths = (question: Question, model: string) =>
      model === hashedModel
        ? Effect.map(sql.query(countQuery(places, options.exactUpTo), [model, question.target.repository]), ([counts]) =>
            places.map((place) => [place, Number(counts?.[place] ?? 0) > options.exactUpTo] as const),
          )
        : Effect.succeed(places.map((place) => [place, false] as const))

    const find = (paths: ReadonlyArray<readonly [Place, boolean]>, parameters: ReadonlyArray<string>) =>
      paths.some(([, indexed]) => indexed)
        ? sql.transaction((query) =>
            Effect.andThen(
              Effect.forEach(indexSettings, (setting) => query(setting)),
              query(recallQuery(paths), parameters),
            ),
          )
        : sql.query(recallQuery(paths), parameters)

    return Memories.of({
      remember: (memory, embedded) =>
        Effect.andThen(
          sql.query(remember, parametersOf(memory, embedded)),
          Effect.asVoid(sql.query(forget, [memory.target.repository, options.perRepository])),
        ),
      recall: (question, { model, vector }) =>
        Effect.gen(function* () {
          const paths = yield* choosePaths(question, model)
          const rows = yield* find(paths, [JSON.stringify(vector), question.target.repository, question.signature, model])
          return pickMatches(yield* candidatesOf(rows), question.target.branch, Math.min(question.limit, longestAnswer))
        }),
    })
  })

const PerRepository = Schema.NumberFromString.pipe(Schema.decodeTo(Schema.Int.check(Schema.isBetween({ minimum: 10, maximum: 1_000_000 }))))
const settings = Config.all({
  shared: Config.Boolean("CI_HEALING_MEMORY_SHARED").pipe(Config.withDefault(false)),
  perRepository: Config.schema(PerRepository, "CI_HEALING_MEMORY_PER_REPOSITORY").pipe(Config.withDefault(2_000)),
})

/** Memories in Postgres with pgvector: compared one by one while few are comparable, by the HNSW index when many are. */
export const layer = Layer.effect(
  Memories,
  Effect.flatMap(settings, (chosen) => make({ ...chosen, exactUpTo })),
)
