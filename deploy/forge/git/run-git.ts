import { Schema } from "effect"
import { scrubbed } from "../environment.ts"

/** git ended with another code than 0. */
export class GitFailed extends Schema.TaggedError<GitFailed>()("GitFailed", {
  command: Schema.String,
  code: Schema.Int,
  stderr: Schema.String,
}) {
  override get message(): string {
    return `${this.command} ended with ${this.code}: ${this.stderr.trim()}`
  }
}

/** The operator's git settings must not change what the forge does, and repositories of other users may be read. */
export const gitEnvironment = (more: Readonly<Record<string, string>> = {}): Record<string, string> =>
  scrubbed({
    LC_ALL: "C",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
    ...more,
  })

/** `input` is what git reads from standard input. */
export interface GitOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** Runs git in a directory and gives its output. @throws GitFailed */
export const git = async (cwd: string, args: ReadonlyArray<string>, options: GitOptions = {}): Promise<string> => {
  const child = Bun.spawn(["git", ...args], {
    cwd,
    env: gitEnvironment(options.env),
    stdin: options.input === undefined ? "ignore" : Buffer.from(options.input),
    stdout: "pipe",
    stderr: "pipe",
  })
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  if (code !== 0) throw new GitFailed({ command: ["git", ...args].join(" "), code, stderr: err })
  return out
}

/** As `git`, but undefined when git says no. */
export const tryGit = (cwd: string, args: ReadonlyArray<string>, options: GitOptions = {}): Promise<string | undefined> =>
  git(cwd, args, options).catch((error: unknown) => {
    if (error instanceof GitFailed) return undefined
    throw error
  })
