/**
 * A place to run a stranger's command: no network, no secrets, no way out, and an end.
 *
 * Two layers keep the same promises, held to them by `Sandbox.suite.ts`: `Sandbox.docker.ts` and `Sandbox.bubblewrap.ts`;
 * `Sandbox.live.ts` chooses. Every try gets its own sandbox, and everything it started dies with it.
 *
 * What a view must look like: `root` is a directory of this machine that belongs to this one try (a copy-on-write view: an overlay
 * mount or a copy), appears inside as `/workspace`, and is owned by `user` (see `prepare-ownership.ts`; make the layers below an
 * overlay with that owner once, instead of changing every file of every try). Nothing else inside survives the run.
 */
import { Context, type Effect, Schema } from "effect"

/** Where the try's view appears inside the sandbox, whatever its path is outside. */
export const viewInside = "/workspace"

/** A directory or file of this machine shown read-only inside. `at` is absolute; it may lie in the view, where it must exist. */
export interface SandboxMount {
  readonly from: string
  readonly at: string
}

/** What a command may use. Exceeding one ends it, except `processes` (fork fails), `cpus` (it waits) and `keepOutputBytes` (the middle is dropped). */
export interface SandboxLimits {
  /** Wall time of the command, in milliseconds. */
  readonly timeoutMs: number
  /** Memory of all its processes together with what they put in `/tmp` and the home directory, in MiB. */
  readonly memoryMb: number
  /** Processors, may be a fraction; as many (rounded up) are shown inside. */
  readonly cpus: number
  /** Processes and threads alive at once. */
  readonly processes: number
  /** How much the view may grow, in MiB. */
  readonly diskMb: number
  /** Size of `/tmp` and of the home directory (each in memory), in MiB. */
  readonly tmpMb: number
  /** Bytes of output kept: the first half and the last half; the result says how many fell out between. */
  readonly keepOutputBytes: number
  /** Bytes of output after which the command is ended. */
  readonly maxOutputBytes: number
}

/** Enough for the tests of an ordinary project; a caller overrides what it knows better. */
export const defaultLimits: SandboxLimits = {
  timeoutMs: 600_000,
  memoryMb: 2048,
  cpus: 2,
  processes: 1024,
  diskMb: 1024,
  tmpMb: 512,
  keepOutputBytes: 1024 * 1024,
  maxOutputBytes: 64 * 1024 * 1024,
}

export interface SandboxRequest {
  /** Whose work this is: the command's id. A sandbox whose label names no open command is an orphan. */
  readonly label: string
  /** One shell line, run by `shell` in `cwd`. */
  readonly command: string
  /** `sh` unless told; `bash` is what most workflows mean by `run:`. */
  readonly shell?: "sh" | "bash"
  /** The try's private, writable view on this machine (absolute). */
  readonly root: string
  /** Directory to start in, relative to the view; the view itself unless told. */
  readonly cwd?: string
  /** The directory whose growth `diskMb` bounds when it is not `root`: an overlay's upper layer is much cheaper to measure. */
  readonly measure?: string
  readonly mounts?: ReadonlyArray<SandboxMount>
  /** Directories inside, searched for programs before the sandbox's own. */
  readonly path?: ReadonlyArray<string>
  /** Added to the fixed environment (PATH, HOME, LANG, CI, TERM). Never a secret. */
  readonly env?: Readonly<Record<string, string>>
  readonly limits?: Partial<SandboxLimits>
  /**
   * `none` unless told. `relay` is for the install step only: still no network, but the directory with a proxy's unix socket is
   * mounted at `/run/registry-proxy`, and the command reaches it through its own loopback.
   */
  readonly network?: "none" | { readonly relay: string }
  /** Sees each piece of output as it arrives (stdout and stderr as one stream). Must not throw or block. */
  readonly onOutput?: (chunk: Uint8Array) => void
}

/**
 * How the command ended: by itself, or because the sandbox ended it for one of its limits. `memory` is also said when only one of its
 * processes was killed for memory and the command went on. Anything but `exited` is never a success.
 */
export type SandboxEnd = "exited" | "deadline" | "memory" | "disk" | "output"

export interface SandboxResult {
  readonly ended: SandboxEnd
  /** The command's exit code (128 + n when signal n killed it); null when the sandbox ended it. */
  readonly exitCode: number | null
  /** Monotonic time from start to end, in milliseconds. */
  readonly durationMs: number
  readonly output: SandboxOutput
}

export interface SandboxOutput {
  /** Head and tail, decoded as UTF-8, with one line between them that says how many bytes were dropped. */
  readonly text: string
  /** Bytes the command wrote. */
  readonly bytes: number
  readonly truncated: boolean
}

/** The one meaning of green: it ran to its own end and said 0. */
export const succeeded = (result: SandboxResult): boolean => result.ended === "exited" && result.exitCode === 0

export const SandboxKind = Schema.Literals(["docker", "bubblewrap"])
export type SandboxKind = typeof SandboxKind.Type

/**
 * The sandbox could not do its work: no daemon, no image, no permission, a start that failed, a daemon that went away. This says
 * nothing about the command, so it must never be read as red or green.
 */
export class SandboxUnavailable extends Schema.TaggedError<SandboxUnavailable>()("SandboxUnavailable", {
  sandbox: Schema.Literals(["docker", "bubblewrap", "none"]),
  /** What went wrong. */
  reason: Schema.String,
  /** What a person should install, start or set. */
  remedy: Schema.String,
}) {
  override get message(): string {
    return `${this.reason} ${this.remedy}`
  }
}

/** Owner of everything a command writes, on this machine and inside. Never root. */
export interface SandboxUser {
  readonly uid: number
  readonly gid: number
}

/** What the sandbox is, for `/readyz`, for proofs and for the run's page. */
export interface SandboxProbe {
  readonly kind: SandboxKind
  readonly version: string
  /** Docker only: name and content id. */
  readonly image?: { readonly name: string; readonly digest: string }
  /** How limits are kept (cgroup or watchdog), the runtime, the toolchains found. */
  readonly details: Readonly<Record<string, string>>
}

export class Sandbox extends Context.Service<
  Sandbox,
  {
    /** Owner that a view must have. */
    readonly user: SandboxUser
    /** Runs the command to its end. Interrupting kills everything it started, within a second. */
    readonly run: (request: SandboxRequest) => Effect.Effect<SandboxResult, SandboxUnavailable>
    /** Fails with what is missing when `run` could not work. */
    readonly probe: Effect.Effect<SandboxProbe, SandboxUnavailable>
    /**
     * Ends sandboxes that nobody waits for: lists what runs under this owner, then asks for each label whether its command is still
     * open (in this order, so one that starts meanwhile is safe). Answers the labels of what it removed.
     */
    readonly reap: (isOpen: (label: string) => Effect.Effect<boolean>) => Effect.Effect<ReadonlyArray<string>, SandboxUnavailable>
  }
>()("ci-fix-pilot/Sandbox") {}
