/** A forge of this test's own: a small GitHub in another process, over repositories on disk. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Lease } from "@ci-fix-pilot/actor/Lease"
import type { Objects } from "@ci-fix-pilot/actor/Objects"
import * as ObjectsMemory from "@ci-fix-pilot/actor/Objects.memory"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { type Running, startProcess } from "@ci-fix-pilot/machine/process"
import { ConfigProvider, Effect, Layer, Redacted, Schema } from "effect"
import * as CredentialToken from "./Credential.token.ts"
import type { Credential } from "./Credential.ts"
import * as GitHubOctokit from "./GitHub.octokit.ts"
import { GitHub } from "./GitHub.ts"
import { GitHubClient } from "./GitHubClient.ts"

const root = join(import.meta.dirname, "..", "..", "..")
const token = "forge-token"
const Address = Schema.fromJsonString(Schema.Struct({ url: Schema.String, apiUrl: Schema.String }))
const Pushed = Schema.Struct({ before: Schema.String, after: Schema.String })
const Run = Schema.Struct({
  id: Schema.Int,
  attempt: Schema.Int,
  headSha: Schema.String,
  jobs: Schema.Array(Schema.Struct({ id: Schema.Int, name: Schema.String })),
})
const Pull = Schema.Struct({
  repository: Schema.String,
  number: Schema.Int,
  title: Schema.String,
  body: Schema.NullOr(Schema.String),
  state: Schema.String,
  headRef: Schema.String,
  headSha: Schema.String,
  baseRef: Schema.String,
  labels: Schema.Array(Schema.String),
  mergedAt: Schema.NullOr(Schema.String),
})
const Seen = Schema.Struct({
  method: Schema.String,
  route: Schema.String,
  path: Schema.String,
  status: Schema.Int,
  fault: Schema.NullOr(Schema.String),
})

export interface Fault {
  readonly route: string
  readonly kind: string
  readonly times?: number
  readonly skip?: number
  readonly retryAfterSeconds?: number
  readonly afterMs?: number
}

/** A running forge and what the tests do with it. */
export interface TestForge {
  readonly url: string
  readonly apiUrl: string
  /** Any operation of the forge, by its name. */
  readonly operate: (operation: string, input?: unknown) => Promise<unknown>
  readonly push: (input: {
    repository: string
    branch: string
    files: Readonly<Record<string, string | null>>
    from?: string
    message?: string
    by?: { login: string; name: string; email: string }
  }) => Promise<string>
  readonly recordRun: (input: object) => Promise<typeof Run.Type>
  readonly pulls: (repository: string) => Promise<ReadonlyArray<typeof Pull.Type>>
  readonly branches: (repository: string) => Promise<Readonly<Record<string, string>>>
  readonly fault: (fault: Fault) => Promise<void>
  readonly pendingFaults: () => Promise<ReadonlyArray<unknown>>
  readonly clearFaults: () => Promise<void>
  /** What was asked of a repository, as `POST /pulls 201`, or with the fault's name in place of the status; reads left out unless told. */
  readonly asked: (repository: string, reads?: boolean) => Promise<ReadonlyArray<string>>
  /** One request to the REST API with the forge's own token, or another. */
  readonly rest: (method: string, path: string, body?: unknown, as?: string) => Promise<Response>
  readonly requests: () => Promise<ReadonlyArray<typeof Seen.Type>>
  /** The bare repository on disk. */
  readonly path: (repository: string) => string
  /** git in it. */
  readonly git: (repository: string, ...args: ReadonlyArray<string>) => Promise<string>
  readonly stop: () => Promise<void>
}

/** Starts a forge on a free port with a folder of its own. */
export const startForge = async (): Promise<TestForge> => {
  const dir = await mkdtemp(join(tmpdir(), "github-forge-"))
  const running: Running = await startProcess({
    command: process.execPath,
    args: [join(root, "deploy", "forge", "main.ts")],
    env: { FORGE_DIR: dir, FORGE_TOKEN: token },
    ready: /"apiUrl".*\n/u,
  })
  const line =
    running
      .output()
      .split("\n")
      .find((text) => text.includes('"apiUrl"')) ?? ""
  const { url, apiUrl } = Schema.decodeUnknownSync(Address)(line)
  const path = (repository: string) => join(dir, "repositories", `${repository.toLowerCase()}.git`)
  const operate = async (operation: string, input: unknown = null): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}/_forge/${operation}`, { method: "POST", headers, body: JSON.stringify(input) })
    const reply: { result?: unknown; message?: string } = JSON.parse(await answer.text())
    if (reply.message !== undefined) throw new Error(`${operation}: ${reply.message}`)
    return reply.result
  }
  const giving =
    <A>(operation: string, schema: Schema.Codec<A, unknown>) =>
    async (input?: unknown): Promise<A> =>
      Schema.decodeUnknownSync(schema)(await operate(operation, input))
  const pulls = giving("pullRequests", Schema.Array(Pull))
  const requests = giving("requests", Schema.Array(Seen))
  return {
    url,
    apiUrl,
    operate,
    push: async (input) => (await giving("push", Pushed)({ message: "Change something", ...input })).after,
    recordRun: giving("recordRun", Run),
    pulls: async (repository) => (await pulls()).filter((pull) => pull.repository === repository),
    branches: (repository) => giving("branches", Schema.Record(Schema.String, Schema.String))({ repository }),
    fault: async (fault) => void (await operate("setFault", fault)),
    pendingFaults: giving("pendingFaults", Schema.Array(Schema.Unknown)),
    clearFaults: async () => void (await operate("clearFaults")),
    requests,
    asked: async (repository, reads = false) =>
      (await requests())
        .filter(({ path, method }) => path.includes(`/repos/${repository}`) && (reads || method !== "GET"))
        .map(({ route, status, fault }) => `${route.replace("/repos/{owner}/{repo}", "")} ${fault ?? status}`),
    rest: (method, path, body, as = token) =>
      fetch(`${apiUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${as}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    path,
    git: (repository, ...args) => runGit([`--git-dir=${path(repository)}`, ...args]),
    stop: async () => {
      await running.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Runs git; gives what it printed. @throws Error with what it complained about. */
export const runGit = async (args: ReadonlyArray<string>, cwd = tmpdir()): Promise<string> => {
  const child = Bun.spawn(["git", ...args], { cwd, stdout: "pipe", stderr: "pipe", env: { ...Bun.env, GIT_TERMINAL_PROMPT: "0" } })
  const [out, complaint, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${complaint}`)
  return out.trim()
}

/** What the service is configured with for this forge; `extra` overrides. */
export const configured = (forge: TestForge, extra: Readonly<Record<string, string>> = {}) =>
  ConfigProvider.layer(
    ConfigProvider.fromEnvRecord({
      GITHUB_API_URL: forge.apiUrl,
      GITHUB_URL: forge.url,
      CI_HEALING_GITHUB_SPACING_MS: "0",
      CI_HEALING_GITHUB_TIMEOUT_MS: "10000",
      ...extra,
    }),
  )

/** A lease that is always good, and counts how often it was asked. */
export const goodLease = () => {
  const asked = { times: 0 }
  const confirm = Effect.sync(() => {
    asked.times += 1
  })
  return { asked, layer: Layer.succeed(Lease, Lease.of({ confirm })) }
}

/** A lease that somebody else has from the `good + 1`th time on. */
export const leaseFor = (good: number) => {
  let asked = 0
  const confirm = Effect.suspend(() => {
    asked += 1
    return asked <= good ? Effect.void : Effect.fail(new Retry({ reason: "the lease is busy", uncounted: true }))
  })
  return Layer.succeed(Lease, Lease.of({ confirm }))
}

/** GitHub as the service has it, spoken to this forge. */
export const live = (
  forge: TestForge,
  extra: Readonly<Record<string, string>> = {},
  as: string = token,
): Layer.Layer<GitHub | Credential | Objects> =>
  GitHubOctokit.layer.pipe(
    Layer.provideMerge(CredentialToken.layer(Redacted.make(as))),
    Layer.provide(GitHubClient.layer),
    Layer.provideMerge(ObjectsMemory.layer),
    Layer.provide(configured(forge, extra)),
    Layer.orDie,
  )

/** What happens around calls of GitHub, to let something happen at one moment. */
export type Around = (github: (typeof GitHub)["Service"]) => Partial<(typeof GitHub)["Service"]>

/** GitHub as given, with something around it. */
export const wrapped = (around: Around) =>
  Layer.effect(
    GitHub,
    Effect.map(GitHub, (github) => GitHub.of({ ...github, ...around(github) })),
  )
