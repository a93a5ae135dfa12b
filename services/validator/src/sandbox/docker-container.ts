/** What a container is made of: everything denied that the daemon can deny, and one writable view. */
import { posix } from "node:path"
import type { ContainerCreateOptions } from "dockerode"
import { type SandboxLimits, type SandboxMount, type SandboxRequest, type SandboxUser, viewInside } from "./Sandbox.ts"

export const ownerLabel = "ci-fix-pilot.owner"
export const commandLabel = "ci-fix-pilot.command"

/** A container is renamed to this and its id before it is reaped, so that whoever waits for it can tell being killed from failing. */
export const reapedName = "ci-fix-pilot-reaped-"

const homeInside = "/home/sandbox"
const relayInside = "/run/registry-proxy"
const mebibyte = 1024 * 1024
/** The deadline inside only matters when the service is no longer there to keep its own. */
const graceSeconds = 5
/** Beyond the disk limit, so that the watch sees the limit exceeded when the kernel stops a file that grows too fast to watch. */
const fileSlackMb = 8
/** The init, the deadline and the shell. */
const ownProcesses = 3

const bind = (mount: SandboxMount, ReadOnly: boolean) => ({
  Type: "bind" as const,
  Source: mount.from,
  Target: mount.at,
  ReadOnly,
  BindOptions: { Propagation: "rprivate" as const },
})

const limit = (Name: string, value: number) => ({ Name, Soft: value, Hard: value })

const environment = (env: SandboxRequest["env"]): Array<string> =>
  Object.entries({ HOME: homeInside, LANG: "C.UTF-8", CI: "true", TERM: "dumb", ...env }).map(([name, value]) => `${name}=${value}`)

/**
 * Both outputs are one pipe, made so inside: the daemon reads two of them in no particular order. The image's PATH is known inside only,
 * so what comes before it is put there inside, too.
 */
const shellFor = ({ shell = "sh", command, path = [] }: SandboxRequest): Array<string> => {
  const search = path.length === 0 ? "" : 'PATH="$0:$PATH" '
  return ["/bin/sh", "-c", `${search}exec "$@" 2>&1`, path.join(":") || "sh", `/bin/${shell}`, "-c", command]
}

export const containerFor = (given: {
  readonly image: string
  readonly runtime: string | undefined
  readonly owner: string
  readonly user: SandboxUser
  readonly request: SandboxRequest
  readonly limits: SandboxLimits
  /** Processors to run on; all unless told. */
  readonly cpus?: ReadonlyArray<number> | undefined
}): ContainerCreateOptions => {
  const { request, limits, user } = given
  const seconds = Math.ceil(limits.timeoutMs / 1000) + graceSeconds
  const tmpfs = `rw,exec,nosuid,nodev,size=${limits.tmpMb}m,mode=1777,uid=${user.uid},gid=${user.gid}`
  const relay = request.network === undefined || request.network === "none" ? [] : [{ from: request.network.relay, at: relayInside }]
  return {
    Image: given.image,
    Entrypoint: ["timeout", "-s", "KILL", String(seconds), ...shellFor(request)],
    Cmd: [],
    User: `${user.uid}:${user.gid}`,
    WorkingDir: posix.join(viewInside, request.cwd ?? "."),
    Hostname: "sandbox",
    Env: environment(request.env),
    Labels: { [ownerLabel]: given.owner, [commandLabel]: request.label },
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      ...(given.runtime === undefined ? {} : { Runtime: given.runtime }),
      Init: true,
      NetworkMode: "none",
      ExtraHosts: ["sandbox:127.0.0.1"],
      IpcMode: "private",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
      PidsLimit: limits.processes + ownProcesses,
      Memory: limits.memoryMb * mebibyte,
      MemorySwap: limits.memoryMb * mebibyte,
      NanoCpus: Math.round(limits.cpus * 1e9),
      ...(given.cpus === undefined ? {} : { CpusetCpus: given.cpus.join(",") }),
      ShmSize: limits.tmpMb * mebibyte,
      Ulimits: [limit("core", 0), limit("nofile", 16384), limit("fsize", (limits.diskMb + fileSlackMb) * mebibyte)],
      Tmpfs: { "/tmp": tmpfs, [homeInside]: tmpfs },
      Mounts: [
        bind({ from: request.root, at: viewInside }, false),
        ...[...relay, ...(request.mounts ?? [])].map((mount) => bind(mount, true)),
      ],
      LogConfig: { Type: "none", Config: {} },
    },
  }
}
