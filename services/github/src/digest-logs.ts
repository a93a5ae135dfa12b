import { Objects } from "@ci-fix-pilot/actor/Objects"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { LogDigest } from "@ci-fix-pilot/contract/values"
import { type Digester, makeDigester } from "@ci-fix-pilot/failure/digest"
import { Effect, Redacted, Stream } from "effect"
import { Credential } from "./Credential.ts"
import { GitHub, type GitHubError, type Job, type WorkflowRun } from "./GitHub.ts"
import { type Bounds, bounded, readLog } from "./read-log.ts"
import { isLogOf } from "./unzip-entries.ts"

const mebibyte = 1_048_576
/** How much of all logs of a run is kept, and of a log's end, where the failure is; and how much is read to get there (bytes). */
const mostKept = 200 * mebibyte
const mostOfEnd = 8 * mebibyte
const mostRead = 1_024 * mebibyte
/** A matrix may fail in a hundred jobs; their logs say the same. */
const mostJobs = 10

/** The digest of the failed jobs' logs; the redacted whole goes to the object store on the way. Undefined when GitHub has no log of them. */
export const digestLogs = Effect.fn("digestLogs")(function* (
  runId: RunId,
  repository: string,
  run: WorkflowRun,
  failed: ReadonlyArray<Job>,
) {
  const objects = yield* Objects
  const token = yield* Credential.use((credential) => credential.token(repository))
  const values = token === undefined ? [] : [Redacted.value(token)]
  const jobs = failed.slice(0, mostJobs)
  const logs = Stream.fromIterable(jobs).pipe(
    Stream.flatMap((job) => {
      const log = bounded(logOf(repository, run, job), boundsOf(jobs.length))
      return jobs.length === 1 ? log : Stream.concat(heading(job), log)
    }),
  )

  const stored = yield* store(`logs/${runId}/ci.log`, logs, makeDigester({ values }))
  if (stored.digest !== undefined) return isEmpty(stored.digest, jobs) ? undefined : withObject(stored.digest, stored.object)
  // The object store took only a part: read the logs once more, for the digest alone.
  const digester = makeDigester({ values })
  yield* Stream.runForEach(logs, (chunk) => Effect.sync(() => digester.push(chunk)))
  const { digest } = digester.finish()
  return isEmpty(digest, jobs) ? undefined : digest

  function store(key: string, chunks: typeof logs, digester: Digester) {
    return Effect.gen(function* () {
      let digest: LogDigest | undefined
      let failure: GitHubError | undefined
      const end = Stream.suspend(() => {
        const finished = digester.finish()
        digest = failure === undefined ? finished.digest : undefined
        return Stream.make(finished.rest)
      })
      const redacted = chunks.pipe(
        Stream.map((chunk) => digester.push(chunk)),
        // The store is given a short log rather than a broken one; the failure is told below.
        Stream.catch((error) => {
          failure = error
          return Stream.empty
        }),
        Stream.concat(end),
        Stream.filter((chunk) => chunk.length > 0),
      )
      const object = yield* objects.putStream(key, yield* Stream.toReadableStreamEffect(redacted))
      if (failure !== undefined) return yield* Effect.fail<GitHubError>(failure)
      return { digest, object }
    })
  }
})

/** The share of one of so many jobs: each shows how it ended, however long the others are. */
const boundsOf = (jobs: number): Bounds => {
  const share = Math.floor(mostKept / jobs)
  const tail = Math.min(mostOfEnd, Math.floor(share / 4))
  return { head: share - tail, tail, read: Math.floor(mostRead / jobs) }
}

/** A job's own log, or what the archive of the whole attempt has of it, or nothing. */
const logOf = (repository: string, run: WorkflowRun, job: Job): Stream.Stream<Uint8Array, GitHubError, GitHub> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const github = yield* GitHub
      const own = github.jobLog(repository, job.id)
      const archive = github.attemptLogs(repository, run.id, run.attempt)
      return yield* own.pipe(
        Effect.map((log) => readLog(log, () => true)),
        Effect.catchTag("NotFound", () => Effect.map(archive, (log) => readLog(log, isLogOf(job.name)))),
        Effect.catchTag("NotFound", () => Effect.succeed(Stream.empty)),
      )
    }),
  )

const heading = (job: Job) => Stream.sync(() => new TextEncoder().encode(`--- job: ${job.name}\n`))

/** Whether the logs hold nothing but our own headings. */
const isEmpty = (digest: LogDigest, jobs: ReadonlyArray<Job>): boolean => digest.totalLines <= (jobs.length === 1 ? 0 : jobs.length)

const withObject = (digest: LogDigest, object: LogDigest["object"]): LogDigest => (object === undefined ? digest : { ...digest, object })
