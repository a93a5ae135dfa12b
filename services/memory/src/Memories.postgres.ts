import { Match, Patch } from "@ci-fix-pilot/contract/values"
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Layer, Schema } from "effect"
import { Memories, type Question } from "./Memories.ts"

/** From so many comparable rows on, the index is faster than comparing them all, and its recall is good because little is filtered away. */
const exactUpTo = 20_000

const remember = `
insert into memory (memory_id, run_id, attempt, repository, branch, commit_sha, signature, digest, summary, strategy, patch, outcome, why, pull_request_url, embedding_model, embedding)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12, $13, $14, $15, $16::text::vector)
on conflict (memory_id) do update set
  outcome = case when memory.outcome in ('merged', 'rejected') and excluded.outcome = 'validated' then memory.outcome else excluded.outcome end,
  why = coalesce(excluded.why, memory.why), pull_request_url = coalesce(excluded.pull_request_url, memory.pull_request_url), updated_at = now()`

const columns = `memory_id, repository, branch, commit_sha, run_id, signature, summary, strategy, patch, outcome, pull_request_url`

/** The failure itself counts most, then how near its text is; this repository's memories come before others'. */
const nearest = (distance: string) => `
select ${columns}, 1 - (${distance}) as likeness, lower(repository) = lower($2) as here, signature = $3 as same
from memory where embedding_model = $4 and ($5::boolean or lower(repository) = lower($2))
order by same desc, here desc, outcome = 'merged' desc, ${distance}, updated_at desc limit $6`

const byIndex = `
with close as (select *, embedding::vector(384) <=> $1::text::vector(384) as distance from memory
               where embedding_model = 'hashed-384' order by embedding::vector(384) <=> $1::text::vector(384) limit 200),
same as (select *, embedding <=> $1::text::vector as distance from memory where signature = $3 and embedding_model = $4 limit 200)
select distinct on (same, here, outcome = 'merged', distance, memory_id) ${columns}, 1 - distance as likeness, lower(repository) = lower($2) as here, signature = $3 as same
from (select * from close union select * from same) m where $5::boolean or lower(repository) = lower($2)
order by same desc, here desc, outcome = 'merged' desc, distance, memory_id limit $6`

const rows = rowsOf(
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
    pull_request_url: Schema.NullOr(Schema.String),
    likeness: Schema.Finite,
    here: Schema.Boolean,
    same: Schema.Boolean,
  }),
)

type Row = Effect.Success<ReturnType<typeof rows>>[number]

const outcomeWords = {
  merged: "its fix was merged",
  validated: "its fix was proven, not merged yet",
  rejected: "its fix was rejected",
} as const

const toMatch = (row: Row): Match => {
  const score = Math.max(0, Math.min(1, row.same ? 0.7 + 0.3 * row.likeness : 0.7 * row.likeness))
  const where = row.here ? "in this repository" : `in ${row.repository}`
  return {
    memoryId: row.memory_id,
    score: Math.round(score * 1_000) / 1_000,
    why: `${row.same ? "the same failure" : `${Math.round(row.likeness * 100)} % alike`} ${where}; ${outcomeWords[row.outcome]}`.slice(
      0,
      300,
    ),
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
  }
}

const make = Effect.gen(function* () {
  const sql = yield* Sql
  const comparable = (question: Question, model: string) =>
    Effect.map(
      sql.query(
        "select count(*)::int as n from (select 1 from memory where embedding_model = $1 and ($2::boolean or lower(repository) = lower($3)) limit $4) m",
        [model, question.shared, question.target.repository, exactUpTo + 1],
      ),
      ([row]) => Number(row?.["n"] ?? 0),
    )
  return Memories.of({
    remember: (memory, { model, vector }) =>
      Effect.asVoid(
        sql.query(remember, [
          memory.memoryId,
          memory.runId,
          memory.attempt,
          memory.target.repository,
          memory.target.branch,
          memory.target.commitSha,
          memory.signature,
          memory.digest.text,
          memory.diagnosis.summary,
          memory.proposal.strategy,
          JSON.stringify(memory.proposal.patch),
          memory.outcome,
          memory.why ?? null,
          memory.pullRequestUrl ?? null,
          model,
          JSON.stringify(vector),
        ]),
      ),
    recall: (question, { model, vector }) =>
      Effect.gen(function* () {
        const count = yield* comparable(question, model)
        const parameters = [JSON.stringify(vector), question.target.repository, question.signature, model, question.shared, question.limit]
        const found =
          count > exactUpTo && model === "hashed-384"
            ? yield* sql.transaction((query) => Effect.andThen(query("set local hnsw.ef_search = 200"), query(byIndex, parameters)))
            : yield* sql.query(nearest("embedding <=> $1::text::vector"), parameters)
        return (yield* rows(found)).map(toMatch)
      }),
  })
})

/** Memories in Postgres with pgvector: compared one by one while few are comparable, by the HNSW index when many are. */
export const layer = Layer.effect(Memories, make)
