/**
 * The shell script that becomes bubblewrap. As root it first shows the needed paths at a neutral place in a mount namespace of its own
 * (the sandbox's user could not reach them below a private home directory) and then gives root up for good, so that the kernel counts
 * and limits the sandbox as a user who owns nothing else. Output goes through a pipe that this user owns: a program may open its
 * `/dev/stdout` by name, which the socket that a spawned process gets would refuse.
 */
import { posix } from "node:path"
import type { SandboxMount, SandboxUser } from "./Sandbox.ts"

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** File descriptor on which bubblewrap reports that the sandbox was made and how the command ended. */
const statusDescriptor = 3
const filterDescriptor = 9

/** Where path number `index` is after staging. */
export const staged = (stage: string, index: number): string => posix.join(stage, String(index))

/** As fstab(5) writes a path. */
const escaped = (path: string): string =>
  path.replaceAll(/[\\\s#]/gu, (char) => [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""))

/** Everything at once: a program for each path would take longer than many a test. */
const show = (stage: string, paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const table = quote(posix.join(stage, "fstab"))
  const rows = paths.map((from, index) => quote(`${escaped(from)} ${escaped(staged(stage, index))}`))
  return [
    `mount -t tmpfs -o size=1m,mode=711 stage ${quote(stage)}`,
    ...paths.map((from, index) => {
      const at = quote(staged(stage, index))
      return `if [ -d ${quote(from)} ]; then set -- "$@" ${at}; else : > ${at}; fi`
    }),
    'mkdir "$@"',
    `printf '%s none rbind 0 0\\n' ${rows.join(" ")} > ${table}`,
    `mount --all --fstab ${table}`,
  ]
}

export interface Launch {
  /** Set when the service is root: the empty directory to stage in, and what to show there in this order. */
  readonly stage?: { readonly at: string; readonly paths: ReadonlyArray<string>; readonly user: SandboxUser }
  /** Files of the cgroup to join. */
  readonly procs: ReadonlyArray<string>
  /** Processors to run on; all unless told. */
  readonly cpus?: ReadonlyArray<number> | undefined
  /** File with the filter of system calls. */
  readonly seccomp?: string
  /** Program and arguments. */
  readonly bubblewrap: ReadonlyArray<string>
}

/** Program and arguments; the script ends in `exec`, so the process started is bubblewrap itself. */
export const launchCommand = ({ stage, procs, cpus, seccomp, bubblewrap }: Launch): ReadonlyArray<string> => {
  const drop =
    stage === undefined
      ? ["setpriv", "--no-new-privs", "--pdeathsig", "KILL"]
      : [
          ...["setpriv", "--reuid", String(stage.user.uid), "--regid", String(stage.user.gid), "--clear-groups"],
          ...["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--pdeathsig", "KILL"],
        ]
  const [program = "bwrap", ...args] = bubblewrap
  const filter = seccomp === undefined ? [] : ["--seccomp", String(filterDescriptor)]
  const command = [...drop, program, "--json-status-fd", String(statusDescriptor), ...filter, ...args]
  const script = [
    "set -e",
    "exec > >(exec cat) 2>&1",
    ...(stage === undefined ? [] : [`chown ${stage.user.uid} /proc/self/fd/1`]),
    "echo 1000 2>/dev/null > /proc/self/oom_score_adj || true",
    ...procs.map((file) => `echo $$ > ${quote(file)}`),
    ...(stage === undefined ? [] : show(stage.at, stage.paths)),
    ...(seccomp === undefined ? [] : [`exec ${filterDescriptor}< ${quote(seccomp)}`]),
    ...(cpus === undefined ? [] : [`taskset --cpu-list --pid ${cpus.join(",")} $$ >/dev/null`]),
    `exec ${command.map(quote).join(" ")}`,
  ].join("\n")
  const shell = ["bash", "-c", script]
  return stage === undefined ? shell : ["unshare", "--mount", "--propagation", "private", ...shell]
}

/** The paths of `mounts` moved to where staging shows them; number 0 is the view. */
export const stagedMounts = (stage: string, mounts: ReadonlyArray<SandboxMount>): ReadonlyArray<SandboxMount> =>
  mounts.map((mount, index) => ({ from: staged(stage, index + 1), at: mount.at }))
