import { Objects } from "@ci-fix-pilot/actor/Objects"
import { HttpError } from "@ci-fix-pilot/contract/http"
import { RunId } from "@ci-fix-pilot/contract/ids"
import { RunDetail, RunMemory, RunPage, Status } from "@ci-fix-pilot/contract/run-view"
import type { ObjectRef } from "@ci-fix-pilot/contract/values"
import { Effect, Option, Schema } from "effect"
import { Elysia } from "elysia"
import { listRuns } from "../list-runs.ts"
import { StorableText, WholeNumber } from "../query-values.ts"
import { Runs } from "../Runs.ts"
import type { Respond } from "../respond.ts"
import { acceptedRun, fold, runDetail } from "../run-detail.ts"
import { serveLog } from "../serve-log.ts"

const standard = Schema.toStandardSchemaV1
const Text = StorableText(200)
/** A step of the life of a run, finer than its status; nobody is in one that does not exist. */
const Phase = Schema.String.check(Schema.isPattern(/^[a-z-]{1,40}$/u))

const ListQuery = Schema.Struct({
  page: Schema.optionalKey(WholeNumber(1, 1_000_000)),
  pageSize: Schema.optionalKey(WholeNumber(1, 100)),
  status: Schema.optionalKey(Status),
  phase: Schema.optionalKey(Phase),
  repository: Schema.optionalKey(Text),
  text: Schema.optionalKey(Text),
})
const LogQuery = Schema.Struct({ of: Schema.optionalKey(Schema.Literals(["failure", "reproduction"])) })

const isRunId = Schema.is(RunId)
const noSuchRun = (runId: string) => new HttpError({ code: "not-found", message: `there is no run ${runId.slice(0, 60)}` })
const logGone = new HttpError({ code: "not-found", message: "the full log is not kept any more; the run holds its telling part" })

const ledgerOf = Effect.fn("api.read-ledger")(function* (runId: string) {
  const runs = yield* Runs
  const ledger = isRunId(runId) ? yield* runs.ledger(runId) : []
  return ledger.length > 0 ? ledger : yield* noSuchRun(runId)
})

const detail = Effect.fn("api.read-run")(function* (runId: string) {
  if (!isRunId(runId)) return yield* noSuchRun(runId)
  const runs = yield* Runs
  const ledger = yield* runs.ledger(runId)
  const found = Option.flatMap(yield* runs.find(runId), (known) => Option.fromUndefinedOr(runDetail(known, ledger)))
  if (Option.isSome(found)) return found.value
  const accepted = Option.map(yield* runs.accepted(runId), (webhook) => acceptedRun(runId, webhook))
  return yield* Effect.fromOption(accepted).pipe(Effect.mapError(() => noSuchRun(runId)))
})

const memory = Effect.fn("api.read-memory")(function* (runId: string) {
  const runs = yield* Runs
  const run = fold((yield* ledgerOf(runId)).map(({ event }) => event))
  return { runId, recalled: run?.matches ?? [], remembered: yield* runs.remembered(runId) }
})

const log = Effect.fn("api.read-log")(function* (runId: string, of: "failure" | "reproduction", request: Request) {
  const run = fold((yield* ledgerOf(runId)).map(({ event }) => event))
  const failure = run?.failure?.digest.object ?? run?.source.digest?.object
  const ref: ObjectRef | undefined = of === "failure" ? failure : run?.reproduction?.digest.object
  if (ref === undefined) return yield* logGone
  return yield* Objects.use((objects) => objects.get(ref)).pipe(
    Effect.map((stream) => serveLog(stream, ref, request)),
    Effect.mapError(() => logGone),
  )
})

/** What runs there are, and everything about one. */
export const runRoutes = (respond: Respond<Runs | Objects>) =>
  new Elysia()
    .get("/v1/ci-healing/runs", ({ query }) => respond(listRuns(query)), {
      query: standard(ListQuery),
      response: { 200: standard(RunPage) },
      detail: { summary: "The runs, newest first", tags: ["runs"] },
    })
    .get("/v1/ci-healing/runs/:runId", ({ params }) => respond(detail(params.runId)), {
      response: { 200: standard(RunDetail) },
      detail: { summary: "One run: state, attempts, proof, ledger", tags: ["runs"] },
    })
    .get("/v1/ci-healing/runs/:runId/memory", ({ params }) => respond(memory(params.runId)), {
      response: { 200: standard(RunMemory) },
      detail: { summary: "What was remembered for and of a run", tags: ["runs"] },
    })
    .get("/v1/ci-healing/runs/:runId/log", ({ params, query, request }) => respond(log(params.runId, query.of ?? "failure", request)), {
      query: standard(LogQuery),
      detail: {
        summary: "The full redacted log, while it is kept; all of it, or one range of its bytes",
        tags: ["runs"],
        parameters: [{ name: "Range", in: "header", required: false, schema: { type: "string" } }],
      },
    })
