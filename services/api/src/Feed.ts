import { Bus } from "@ci-fix-pilot/actor/Bus"
import { HttpError } from "@ci-fix-pilot/contract/http"
import { LedgerEntry } from "@ci-fix-pilot/contract/run-view"
import { allRuns } from "@ci-fix-pilot/contract/subjects"
import { Context, Effect, Layer, Result, Schedule, Schema, Semaphore, Stream } from "effect"
import { Follower } from "./Follower.ts"
import { frameOf, heartbeat } from "./frame.ts"
import { type Head, Runs } from "./Runs.ts"
import { settings } from "./settings.ts"

/** Entries read at once, when something was missed or a client resumes. */
const pageSize = 200
const heartbeatEvery = "15 seconds"
/** How often the ledger itself is looked at: what the broker did not say is shown a second later. */
const lookEvery = "1 second"
/** A look that takes longer is given up: the next one may find the database well again. */
const patience = "5 seconds"

const full = new HttpError({ code: "unavailable", message: "too many live streams", retryAfter: 5 })
const notYet = new HttpError({ code: "unavailable", message: "the ledger cannot be read yet", retryAfter: 1 })

const Told = Schema.fromJsonString(Schema.Struct({ ...LedgerEntry.fields, causedBy: Schema.optionalKey(Schema.String) }))
const decodeTold = Schema.decodeUnknownResult(Told)

export interface FollowOptions {
  /** The last position the client has; none: from now on. */
  readonly after?: number
  readonly runId?: string
}

/** The ledger, live: every entry once, in order, after its commit, to every client. */
export class Feed extends Context.Service<
  Feed,
  {
    readonly follow: (options: FollowOptions) => Effect.Effect<Follower, HttpError>
    readonly clients: Effect.Effect<number>
  }
>()("ci-fix-pilot/api/Feed") {
  static readonly layer = Layer.effect(
    Feed,
    Effect.gen(function* () {
      const runs = yield* Runs
      const bus = yield* Bus
      const { maxStreams } = yield* settings
      /** All that are open, and those of them that are shown what happens next; the others are being brought there. */
      const clients = new Set<Follower>()
      const followers = new Set<Follower>()
      const lock = yield* Semaphore.make(1)
      let head: number | undefined
      let ledger: string | undefined

      const letAllGo = () => {
        for (const follower of [...clients]) follower.close()
      }

      /** One encoding for all. */
      const show = (entry: LedgerEntry) => {
        if (entry.position <= (head ?? 0)) return
        head = entry.position
        if (followers.size === 0) return
        const frame = frameOf(entry)
        for (const follower of followers) if (wants(follower, entry)) follower.push(frame)
      }

      /** Begins where the ledger ends. Who followed another one is let go, and told when it comes back which one this is. */
      const begin = (end: Head) => {
        letAllGo()
        head = end.position
        ledger = end.ledger
      }

      /** Reads from the ledger whatever was not shown; false where it could not. The first time, it only learns where the ledger ends. */
      const catchUp: Effect.Effect<boolean> = Effect.gen(function* () {
        // What was shown before the ledger is asked: more may be shown meanwhile, and that is no sign of another ledger.
        const shown = head
        const end = yield* runs.head
        if (shown === undefined) return begin(end)
        if (end.ledger !== ledger || end.position < shown) {
          yield* Effect.logWarning("the database holds another ledger than before", { shown, ...end })
          return begin(end)
        }
        while ((head ?? 0) < end.position) {
          const page = yield* runs.after(head ?? 0, pageSize)
          for (const entry of page) show(entry)
          // The rest was forgotten.
          if (page.length < pageSize) head = Math.max(head ?? 0, end.position)
        }
      }).pipe(
        Effect.timeout(patience),
        Effect.as(true),
        Effect.catch((error) => Effect.as(Effect.logDebug("the ledger could not be read", error.message), false)),
        lock.withPermits(1),
      )

      const hear = (text: string) =>
        Effect.suspend(() => {
          const told = decodeTold(text)
          if (Result.isFailure(told)) return Effect.logWarning("an entry could not be read", told.failure.message)
          const entry = { ...told.success, causedBy: told.success.causedBy ?? null }
          if (head !== undefined && entry.position > head + 1) return catchUp
          return head === undefined ? Effect.void : Effect.sync(() => show(entry))
        })

      const listen = bus.subscribe(allRuns).pipe(
        Effect.flatMap((messages) => Stream.runForEach(messages, ({ text }) => hear(text))),
        Effect.scoped,
        Effect.catchCause((cause) => Effect.logWarning("the live feed starts again", cause)),
        Effect.repeat(Schedule.spaced(lookEvery)),
      )
      const beat = Effect.sync(() => {
        for (const follower of followers) follower.push(heartbeat)
      })

      yield* catchUp
      yield* Effect.forkScoped(listen)
      yield* catchUp.pipe(Effect.repeat(Schedule.spaced(lookEvery)), Effect.forkScoped)
      yield* beat.pipe(Effect.repeat(Schedule.spaced(heartbeatEvery)), Effect.forkScoped)
      yield* Effect.addFinalizer(() => Effect.sync(letAllGo))

      /** Brings a client from its position to the present, page by page as it reads, then lets it join the others. */
      const replay = Effect.fnUntraced(function* (follower: Follower) {
        while (!follower.closed) {
          const now = head ?? 0
          // No await between this look and joining: nothing can be shown in between.
          if (follower.position >= now) return void followers.add(follower)
          const page = yield* runs.after(follower.position, pageSize, follower.runId)
          for (const entry of page) {
            yield* Effect.promise(() => follower.room())
            follower.push(frameOf(entry))
            follower.position = entry.position
          }
          if (page.length < pageSize) follower.position = Math.max(follower.position, now)
        }
      })

      const follow = Effect.fnUntraced(function* ({ after, runId }: FollowOptions) {
        // Where the ledger ends must be known, not remembered: who is told an end that lies behind it takes this for another ledger.
        const known = (head !== undefined && (after ?? 0) <= head) || (yield* catchUp)
        if (!known || head === undefined) return yield* notYet
        if (clients.size >= maxStreams) return yield* full
        // A position beyond the ledger's end is of another ledger: there is nothing to resume.
        const follower: Follower = new Follower({ position: Math.min(after ?? head, head), ledger, runId }, () => {
          clients.delete(follower)
          followers.delete(follower)
        })
        clients.add(follower)
        yield* replay(follower).pipe(
          Effect.catchCause((cause) =>
            Effect.andThen(
              Effect.logWarning("a client could not resume", cause),
              Effect.sync(() => follower.close()),
            ),
          ),
          Effect.forkDetach,
        )
        return follower
      })

      return Feed.of({ follow, clients: Effect.sync(() => clients.size) })
    }),
  )
}

const wants = (follower: Follower, { position, runId }: LedgerEntry) =>
  position > follower.position && (follower.runId === undefined || follower.runId === runId)
