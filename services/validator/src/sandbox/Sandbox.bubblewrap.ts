/**
 * The sandbox without a daemon: bubblewrap around the machine's own toolchains. Limits are kept by a cgroup where this service may
 * write one, else by rlimits and a watchdog. Killing the outer process kills the pid namespace, and with it everything inside.
 */
import { Effect, Layer, Option, type Scope } from "effect"
import { runToEnd, systemPath } from "../process/run-to-end.ts"
import { bubblewrapArguments, mountsFor } from "./bubblewrap-arguments.ts"
import { type CgroupRoots, cgroupPrefix, makeCgroup, usableCgroups } from "./bubblewrap-cgroup.ts"
import { prepareHost } from "./bubblewrap-host.ts"
import { launchCommand, staged, stagedMounts } from "./bubblewrap-launcher.ts"
import { startBubblewrap } from "./bubblewrap-process.ts"
import { hasMoreMemory, markedProcesses, memoryLeft } from "./bubblewrap-processes.ts"
import { chooseCpus } from "./choose-cpus.ts"
import { Sandbox, type SandboxLimits, type SandboxProbe, type SandboxRequest, SandboxUnavailable } from "./Sandbox.ts"
import { sandboxSettings } from "./sandbox-settings.ts"
import { limitsOf, type Started, supervise } from "./supervise.ts"

const unavailable = (reason: string, remedy: string) => new SandboxUnavailable({ sandbox: "bubblewrap", reason, remedy })

const remedy =
  "Install it (apt-get install bubblewrap util-linux); if it is installed, allow user namespaces: see the sysctls " +
  "user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns."

/** What the launcher's programs begin their complaints with; anything else was written by the command itself. */
const complains = /^(?:bwrap|setpriv|unshare|mount|mkdir|chown|taskset|bash|prlimit|\/usr\/bin\/\w+)\b.*:/u

const notEnded = (written: string) =>
  complains.test(written)
    ? unavailable(`bubblewrap could not run the command: ${written}.`, remedy)
    : unavailable(
        "The sandbox was killed from outside: by the reaper, because no open command owns it, or by this machine.",
        "Look at the machine's memory; give each installation on it a CI_HEALING_SANDBOX_OWNER of its own.",
      )

/** A probe belongs to no command; it ends by itself at once, and must not be taken for an orphan. */
const probeLabel = "probe"

const leastMemoryLeft = 0.02

/**
 * Without a cgroup: polls the memory of everything in the sandbox until it is too much. Memory that no process maps is seen only when the
 * machine has none left, and then nobody can say whose fault it is.
 */
const overMemory = (firstPid: () => number | undefined, limitMb: number) =>
  Effect.gen(function* () {
    for (;;) {
      yield* Effect.sleep("100 millis")
      const pid = firstPid()
      if (pid !== undefined && (yield* hasMoreMemory(pid, limitMb))) return
      if ((yield* memoryLeft) < leastMemoryLeft)
        return yield* unavailable("This machine has no memory left.", "Run fewer sandboxes at once, or give it more memory.")
    }
  })

export const layer = Layer.effect(
  Sandbox,
  Effect.gen(function* () {
    const settings = yield* sandboxSettings
    const { host, stage, empty, ...filter } = yield* prepareHost(settings)
    const asRoot = process.getuid?.() === 0
    const cgroups: CgroupRoots | undefined =
      settings.limitsBy === "watchdog" ? undefined : yield* Effect.orElseSucceed(usableCgroups, () => undefined)
    const { user } = settings
    const program = Bun.which(settings.bubblewrap, { PATH: `${settings.path}:${systemPath}` }) ?? settings.bubblewrap

    let turn = 0

    const argumentsFor = (request: SandboxRequest, limits: SandboxLimits, procs: ReadonlyArray<string>) => {
      const mounts = mountsFor(host, request)
      const cpus = chooseCpus(limits.cpus, host.cpus, turn++)
      const common = { host, user, request, limits, marker: `${settings.owner}:${request.label}` }
      if (!asRoot)
        return launchCommand({
          ...filter,
          cpus,
          procs,
          bubblewrap: [program, ...bubblewrapArguments({ ...common, view: request.root, mounts })],
        })
      const inner = bubblewrapArguments({ ...common, view: staged(stage, 0), mounts: stagedMounts(stage, mounts) })
      const paths = [request.root, ...mounts.map((mount) => mount.from), program]
      const bubblewrap = [staged(stage, paths.length - 1), ...inner]
      return launchCommand({ ...filter, cpus, stage: { at: stage, paths, user }, procs, bubblewrap })
    }

    const start = Effect.fn("bubblewrap.run")(function* (
      request: SandboxRequest,
      onOutput: (chunk: Uint8Array) => void,
    ): Effect.fn.Return<Started, SandboxUnavailable, Scope.Scope> {
      const limits = limitsOf(request)
      const cgroup =
        cgroups === undefined
          ? undefined
          : yield* makeCgroup(cgroups, `${cgroupPrefix}${process.pid}-${crypto.randomUUID().slice(0, 8)}`, limits).pipe(
              Effect.mapError((error) =>
                unavailable(`No cgroup could be made: ${error.reason}`, "Set CI_HEALING_SANDBOX_LIMITS=watchdog."),
              ),
            )
      const sandbox = yield* startBubblewrap(argumentsFor(request, limits, cgroup?.procs ?? []), onOutput)
      const ranOutOfMemory =
        cgroup === undefined
          ? Effect.succeed(false)
          : Effect.mapError(cgroup.ranOutOfMemory, (error) => unavailable(error.reason, "Look after the machine's cgroups."))
      const exited = Effect.gen(function* () {
        const code = yield* sandbox.exited
        if (Option.isSome(code)) return code.value
        if (yield* ranOutOfMemory) return 137
        return yield* notEnded(sandbox.complaint())
      })
      return {
        exited,
        kill: sandbox.kill,
        ranOutOfMemory,
        ...(cgroup === undefined ? { overMemory: overMemory(sandbox.firstPid, limits.memoryMb) } : {}),
      }
    })

    const run = (request: SandboxRequest) => supervise("bubblewrap", request, (onOutput) => start(request, onOutput))

    const probe = Effect.gen(function* () {
      const { code, output } = yield* runToEnd([program, "--version"])
      if (code !== 0) return yield* unavailable("bubblewrap is not installed.", remedy)
      yield* run({ label: probeLabel, command: "true", root: empty })
      const tools = host.toolchains.path.join(":") || "the system's"
      const kept = cgroups === undefined ? "rlimits and a watchdog" : `cgroup version ${cgroups.version}`
      const found: SandboxProbe = {
        kind: "bubblewrap",
        version: output.trim().replace("bubblewrap ", ""),
        details: { limits: kept, tools, calls: filter.seccomp === undefined ? "not filtered" : "filtered" },
      }
      return found
    })

    const reap = Effect.fn("bubblewrap.reap")(function* (isOpen: (label: string) => Effect.Effect<boolean>) {
      const own = `${settings.owner}:`
      const running = Effect.map(markedProcesses, (found) =>
        found
          .filter(({ marker }) => marker.startsWith(own))
          .map(({ pid, marker }) => ({ pid, label: marker.slice(own.length) }))
          .filter(({ label }) => label !== probeLabel),
      )
      const mine = yield* running
      const labels = [...new Set(mine.map(({ label }) => label))]
      const orphans = yield* Effect.filter(labels, (label) => Effect.map(isOpen(label), (open) => !open), { concurrency: "unbounded" })
      // By now another program may have the id of one that ended.
      const same = (yield* running).filter(({ pid, label }) => mine.some((one) => one.pid === pid && one.label === label))
      for (const { pid, label } of same) if (orphans.includes(label)) yield* Effect.ignore(Effect.try(() => process.kill(pid, "SIGKILL")))
      return orphans
    })

    return Sandbox.of({ user, run, probe, reap })
  }),
)
