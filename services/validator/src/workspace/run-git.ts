/**
 * The one way this service runs git. Repositories are hostile: nothing of this machine's configuration, no hook, no filter, no
 * credential helper, no submodule and no transport but the configured one ever takes part.
 */
import { Effect, Schema } from "effect"
import { longestRun, systemPath, tookTooLong } from "../process/run-to-end.ts"
import { killGroup, spawnGroup } from "../process/spawn-group.ts"

/** git ended with something other than 0. `stderr` is its last 4 KB. */
export class GitFailed extends Schema.TaggedError<GitFailed>()("GitFailed", {
  command: Schema.String,
  code: Schema.Int,
  stderr: Schema.String,
}) {
  override get message(): string {
    return `git ${this.command}: exit ${this.code}: ${this.stderr.trim().split("\n").slice(-3).join(" ")}`
  }
}

/** Written once per workspace and named by GIT_CONFIG_GLOBAL: the only configuration git reads besides the mirror's own. */
export const gitConfig = `[core]
\thooksPath = /dev/null
\tfsmonitor = false
\tprotectHFS = true
\tprotectNTFS = true
\tquotePath = false
\tlogAllRefUpdates = false
[protocol]
\tallow = never
[safe]
\tdirectory = *
[gc]
\tauto = 0
[maintenance]
\tauto = false
[submodule]
\trecurse = false
[fetch]
\trecurseSubmodules = false
\twriteCommitGraph = false
[credential]
\thelper =
[http]
\tlowSpeedLimit = 1000
\tlowSpeedTime = 30
\tfollowRedirects = false
[init]
\tdefaultBranch = main
`

export interface GitCall {
  readonly args: ReadonlyArray<string>
  /** Where `gitConfig` was written. */
  readonly config: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Uint8Array
  /** Bytes of stdout kept; git is ended when there are more. Default 64 MiB. */
  readonly maxBytes?: number
  /** Exit codes besides 0 that are no failure. */
  readonly accept?: ReadonlyArray<number>
  /** Bytes that a file git writes may have; for what a stranger's server sends. */
  readonly maxFileBytes?: number
}

export interface GitOutput {
  readonly stdout: Buffer
  readonly code: number
  /** There was more than `maxBytes`. */
  readonly truncated: boolean
}

const stderrKept = 4_096
const environment = (call: GitCall): Record<string, string> => ({
  PATH: systemPath,
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: call.config,
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "/bin/false",
  GIT_LFS_SKIP_SMUDGE: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_LITERAL_PATHSPECS: "1",
  ...call.env,
})

const commandOf = ({ args }: GitCall): string => args.find((arg) => !arg.startsWith("-")) ?? ""

/** A long git must not outlive a service that was killed, nor fill the disk. */
const wrapped = (call: GitCall): ReadonlyArray<string> =>
  call.maxFileBytes === undefined
    ? ["git", ...call.args]
    : ["setpriv", "--pdeathsig=KILL", "prlimit", `--fsize=${call.maxFileBytes}`, "git", ...call.args]

/** Runs git to its end, or for ten minutes. Interrupting kills it, and what it started. Fails with GitFailed. */
export const runGit = (call: GitCall): Effect.Effect<GitOutput, GitFailed> =>
  Effect.callback<GitOutput, GitFailed>((resume) => {
    const [program = "git", ...args] = wrapped(call)
    const limit = call.maxBytes ?? 64 * 1024 * 1024
    const child = spawnGroup(program, args, { ...(call.cwd === undefined ? {} : { cwd: call.cwd }), env: environment(call) })
    const chunks: Array<Buffer> = []
    let bytes = 0
    let stderr = ""
    let truncated = false
    child.stdout.on("data", (chunk: Buffer) => {
      if (truncated) return
      bytes += chunk.length
      chunks.push(bytes > limit ? chunk.subarray(0, chunk.length - (bytes - limit)) : chunk)
      if (bytes <= limit) return
      truncated = true
      killGroup(child)
    })
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-stderrKept)
    })
    const fail = (code: number, text: string) => resume(Effect.fail(new GitFailed({ command: commandOf(call), code, stderr: text })))
    child.once("error", (error) => fail(127, error.message))
    child.once("close", (code) => {
      const ended = truncated ? 0 : (code ?? 137)
      if (ended === 0 || call.accept?.includes(ended)) resume(Effect.succeed({ stdout: Buffer.concat(chunks), code: ended, truncated }))
      else fail(ended, stderr)
    })
    // git may end before it has read everything; its exit code says why.
    child.stdin.on("error", () => {})
    child.stdin.end(call.input ?? "")
    return Effect.sync(() => killGroup(child))
  }).pipe(
    Effect.timeoutOrElse({
      duration: longestRun,
      orElse: () => Effect.fail(new GitFailed({ command: commandOf(call), code: tookTooLong, stderr: `not done after ${longestRun}` })),
    }),
  )
