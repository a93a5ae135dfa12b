/**
 * Says who may work on a command: one holder at a time, as long as it renews. The first `go` of a holder counts the try and reserves the
 * most that it may cost, in the same commit. Questions that arrive during a commit share the next one.
 *
 * Answers: `ask.planner.lease`.
 * Safe to repeat because a holder that asks again only renews.
 */
import { Bus } from "@ci-fix-pilot/actor/Bus"
import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import { askTimeoutMs, type LeaseAnswer, LeaseRequest, leaseMs } from "@ci-fix-pilot/contract/lease"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { roundingUsd } from "@ci-fix-pilot/lifecycle/policy"
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Deferred, Effect, Layer, Queue, Schedule, Schema } from "effect"
import { databaseTime } from "./database-time.ts"
import { LeaseWatch } from "./LeaseWatch.ts"
import { PolicyConfig } from "./PolicyConfig.ts"

type Lease = Exclude<LeaseAnswer["lease"], "silent">
interface Question {
  readonly request: LeaseRequest
  /** When it was asked, by this process's monotonic clock (ms). */
  readonly askedAt: number
  readonly answer: Deferred.Deferred<Lease>
}

const grant = "select id from grant_leases($1::text::jsonb, $2::int, $3::int, $4::float8) as id"

/** By this look the lease that stood in the way may have lapsed (s): whoever is told `stale` for that never comes back for it. */
const lapsedS = 2
const explain = `
select x.command_id as id,
       coalesce(c.closed_at is null and c.dispatch = x.dispatch and c.lease_until >= now() - interval '${lapsedS} seconds', false) as busy
from jsonb_to_recordset($1::text::jsonb) as x (command_id text, dispatch int) left join command c on c.command_id = x.command_id`

const grantedRows = rowsOf(Schema.Struct({ id: Schema.String }))
const explainedRows = rowsOf(Schema.Struct({ id: Schema.String, busy: Schema.Boolean }))

/** Answers a batch of questions in one commit. Two questions about one command in one batch: the first is asked, the second is told busy. */
export const answerLeases = (requests: ReadonlyArray<LeaseRequest>) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    const policy = yield* PolicyConfig
    const first = new Map<string, LeaseRequest>()
    for (const request of requests) if (!first.has(request.commandId)) first.set(request.commandId, request)
    const asked = JSON.stringify(
      [...first.values()].map(({ commandId, dispatch, holder }) => ({ command_id: commandId, dispatch, holder })),
    )
    const granted = yield* Effect.flatMap(
      sql.query(grant, [asked, leaseMs, policy.triesPerCommand, policy.maxCostUsd + roundingUsd]),
      grantedRows,
    )
    const go = new Set(granted.map(({ id }) => id))
    const others = granted.length === first.size ? [] : yield* Effect.flatMap(sql.query(explain, [asked]), explainedRows)
    const busy = new Set(others.flatMap((row) => (row.busy ? [row.id] : [])))
    return requests.map((request): Lease => {
      const own = first.get(request.commandId)
      if (own?.holder !== request.holder || own.dispatch !== request.dispatch) return "busy"
      return go.has(request.commandId) ? "go" : busy.has(request.commandId) ? "busy" : "stale"
    })
  })

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(LeaseRequest))
const maxBatch = 256
/** Questions that may wait: more than are answered before their askers give up. */
const mostWaiting = 8_192
/** What was asked longer ago (ms) is not answered any more: its asker has given up, or will have when the answer comes. */
const patienceMs = askTimeoutMs - 50
const say = (lease: LeaseAnswer["lease"]) => JSON.stringify({ lease } satisfies LeaseAnswer)
const monotonicMs = Effect.sync(() => performance.now())

const serve = (queue: Queue.Queue<Question>) =>
  Effect.gen(function* () {
    const now = yield* monotonicMs
    // Whoever gave up waiting must not get a lease that nobody holds: it would count a try and keep money reserved.
    const questions = (yield* Queue.takeBetween(queue, 1, maxBatch)).filter(({ askedAt }) => now - askedAt < patienceMs)
    if (questions.length === 0) return
    const leases: ReadonlyArray<Lease> = yield* answerLeases(questions.map(({ request }) => request)).pipe(
      // Nobody is told anything: to the asker this is a silent planner. Who asks next is served, whatever it was.
      Effect.catchCause((cause) => Effect.as(Effect.logWarning("leases could not be read", cause), [])),
    )
    if (leases.includes("go")) yield* crashPoint("planner.lease:granted")
    const waitedMs = (yield* monotonicMs) - Math.min(...questions.map(({ askedAt }) => askedAt))
    if (waitedMs >= patienceMs && leases.includes("go"))
      yield* Effect.logWarning("leases were given too late to be heard of: who asks again has them", { waitedMs: Math.round(waitedMs) })
    yield* Effect.forEach(questions, ({ answer }, index) => {
      const lease = leases[index]
      return lease === undefined ? Effect.void : Deferred.succeed(answer, lease)
    })
  })

/** Asks for the lease of no command, as holders do for theirs, and notes when it is answered. Without the broker nobody could ask. */
const watch = (queue: Queue.Queue<Question>) =>
  Effect.gen(function* () {
    const now = yield* databaseTime
    if (!(yield* Bus.use((bus) => bus.isConnected))) return
    const answer = yield* Deferred.make<Lease>()
    yield* Queue.offer(queue, { request: { commandId: "", dispatch: 0, holder: "" }, askedAt: yield* monotonicMs, answer })
    yield* Effect.timeout(Deferred.await(answer), patienceMs)
    yield* LeaseWatch.use(({ answered }) => answered(now))
  }).pipe(Effect.sandbox, Effect.ignore)

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const bus = yield* Bus
    const queue = yield* Queue.dropping<Question>(mostWaiting)
    yield* bus.answer(asks.lease, (text) =>
      Effect.gen(function* () {
        const request = yield* decode(text)
        const answer = yield* Deferred.make<Lease>()
        yield* Queue.offer(queue, { request, askedAt: yield* monotonicMs, answer })
        return say(yield* Deferred.await(answer).pipe(Effect.timeout(patienceMs)))
      }).pipe(Effect.orElseSucceed(() => say("silent"))),
    )
    yield* Effect.forkScoped(Effect.forever(serve(queue)))
    yield* Effect.forkScoped(Effect.repeat(watch(queue), Schedule.spaced("1 second")))
  }),
)
