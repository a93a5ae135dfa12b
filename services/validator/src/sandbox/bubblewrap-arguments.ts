/** The command line of bubblewrap: an empty root, the system's programs read-only, one writable view, and nothing else of this machine. */
import { posix } from "node:path"
import type { Toolchains } from "./find-toolchains.ts"
import { type SandboxLimits, type SandboxMount, type SandboxRequest, type SandboxUser, viewInside } from "./Sandbox.ts"

/** What every sandbox of this machine has in common; found once, when the layer starts. */
export interface Host {
  /** `/bin`, `/lib64`, ... and where they point; null for real directories. */
  readonly roots: ReadonlyArray<readonly [path: string, target: string | null]>
  readonly toolchains: Toolchains
  /** Files of the system's directories that may hold an operator's credential, hidden from sandboxes. */
  readonly hidden: ReadonlyArray<string>
  /** Processors that this service may use. */
  readonly cpus: ReadonlyArray<number>
  /** Directory with the `passwd`, `group`, `hosts` and `nsswitch.conf` that sandboxes see. */
  readonly etc: string
}

/** Names the owner and the command on the process itself, which is how orphans are found. */
export const markerName = "CI_FIX_PILOT_SANDBOX"
export const homeInside = "/home/sandbox"
export const relayInside = "/run/registry-proxy"

/** The few files of the real `/etc` that programs cannot do without; none of them says anything about this machine. */
const sharedEtc = [
  "/etc/ssl/certs",
  "/etc/alternatives",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/ca-certificates",
]
const ownEtc = ["passwd", "group", "hosts", "nsswitch.conf"]
const systemPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
/** The deadline inside only matters when the service is no longer there to keep its own. */
const graceSeconds = 5
/** Beyond the disk limit, so that the watch sees the limit exceeded when the kernel stops a file that grows too fast to watch. */
const fileSlackMb = 8

const namespaces = ["user", "pid", "net", "ipc", "uts", "cgroup-try"].map((name) => `--unshare-${name}`)

const environment = (host: Host, { env, path = [] }: SandboxRequest): ReadonlyArray<string> =>
  Object.entries({
    PATH: [...path, ...host.toolchains.path, ...systemPath].join(":"),
    HOME: homeInside,
    LANG: "C.UTF-8",
    CI: "true",
    TERM: "dumb",
    ...env,
  }).flatMap(([name, value]) => ["--setenv", name, value])

const tmpfs = (sizeMb: number, at: string) => ["--perms", "1777", "--size", String(sizeMb * 1024 * 1024), "--tmpfs", at]

const readOnly = (mount: SandboxMount) => ["--ro-bind", mount.from, mount.at]

/** Mounts of this machine that a sandbox needs besides the system's own directories. `from` is where they lie for bubblewrap. */
export const mountsFor = (host: Host, request: SandboxRequest): ReadonlyArray<SandboxMount> => [
  ...ownEtc.map((file) => ({ from: posix.join(host.etc, file), at: `/etc/${file}` })),
  ...host.toolchains.mounts,
  ...(request.network === undefined || request.network === "none" ? [] : [{ from: request.network.relay, at: relayInside }]),
  ...(request.mounts ?? []),
]

export const bubblewrapArguments = (given: {
  readonly host: Host
  readonly user: SandboxUser
  readonly marker: string
  readonly request: SandboxRequest
  readonly limits: SandboxLimits
  /** The view and `mountsFor`, where they are for bubblewrap. */
  readonly view: string
  readonly mounts: ReadonlyArray<SandboxMount>
}): ReadonlyArray<string> => {
  const { host, user, request, limits } = given
  const seconds = Math.ceil(limits.timeoutMs / 1000) + graceSeconds
  return [
    ...namespaces,
    "--disable-userns",
    "--die-with-parent",
    "--new-session",
    ...["--uid", String(user.uid), "--gid", String(user.gid), "--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv"],
    ...["--setenv", markerName, given.marker],
    ...environment(host, request),
    ...["--ro-bind", "/usr", "/usr"],
    ...host.roots.flatMap(([path, target]) => (target === null ? ["--ro-bind", path, path] : ["--symlink", target, path])),
    ...sharedEtc.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...tmpfs(limits.tmpMb, "/dev/shm"),
    ...["--remount-ro", "/dev"],
    ...tmpfs(limits.tmpMb, "/tmp"),
    ...tmpfs(limits.tmpMb, homeInside),
    ...["--bind", given.view, viewInside],
    ...given.mounts.flatMap(readOnly),
    ...host.hidden.flatMap((path) => ["--ro-bind", "/dev/null", path]),
    ...["--remount-ro", "/", "--chdir", posix.join(viewInside, request.cwd ?? "."), "--"],
    ...["/usr/bin/prlimit", "--core=0", "--nofile=16384", `--nproc=${limits.processes}`],
    ...[`--fsize=${(limits.diskMb + fileSlackMb) * 1024 * 1024}`, "--"],
    ...["/usr/bin/timeout", "--signal=KILL", String(seconds), `/bin/${request.shell ?? "sh"}`, "-c", request.command],
  ]
}
