/** What sandboxes of this machine have in common, found and written once: system directories, toolchains, accounts, the filter of calls. */
import { existsSync } from "node:fs"
import { chmod, lstat, mkdir, readlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import type { Host } from "./bubblewrap-arguments.ts"
import { seccompFilter } from "./bubblewrap-seccomp.ts"
import { ownCpus } from "./choose-cpus.ts"
import { findToolchains } from "./find-toolchains.ts"
import { clearLeftovers, ownTemporary } from "./own-temporary.ts"
import type { SandboxUser } from "./Sandbox.ts"
import type { SandboxSettings } from "./sandbox-settings.ts"

const rootNames = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

const accounts = ({ uid, gid }: SandboxUser) => ({
  passwd: `root:x:0:0:root:/root:/bin/sh\nsandbox:x:${uid}:${gid}:sandbox:/home/sandbox:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n`,
  group: `root:x:0:\nsandbox:x:${gid}:\nnogroup:x:65534:\n`,
  hosts: "127.0.0.1 localhost sandbox\n::1 localhost\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
})

/** Keeps a directory of the layer's own, with the synthetic `/etc`, an empty place to stage mounts in, and an empty view for probes. */
export const prepareHost = Effect.fn("bubblewrap.prepare")(function* (settings: SandboxSettings) {
  yield* clearLeftovers
  const state = yield* ownTemporary("sandbox")
  const toolchains = yield* findToolchains(settings, settings.toolchains)
  const cpus = yield* ownCpus
  const host: Host = yield* Effect.promise(async () => {
    await chmod(state, 0o711)
    for (const [name, text] of Object.entries(accounts(settings.user))) await writeFile(join(state, name), text, { mode: 0o644 })
    const present = rootNames.filter((path) => existsSync(path))
    const roots = present.map(async (path) => [path, (await lstat(path)).isSymbolicLink() ? await readlink(path) : null] as const)
    const prefixes = ["/usr", "/usr/local", ...toolchains.mounts.map(({ at }) => at)]
    const hidden = prefixes.map((prefix) => join(prefix, "etc/npmrc")).filter((path) => existsSync(path))
    return { roots: await Promise.all(roots), toolchains, hidden, cpus, etc: state }
  })
  const stage = join(state, "stage")
  yield* Effect.promise(() => mkdir(stage, { mode: 0o711 }))
  const empty = join(state, "empty")
  yield* Effect.promise(() => mkdir(empty, { mode: 0o755 }))
  const filter = seccompFilter(process.arch)
  const seccomp = join(state, "seccomp.bpf")
  if (filter !== undefined) yield* Effect.promise(() => writeFile(seccomp, filter))
  return { host, stage, empty, ...(filter === undefined ? {} : { seccomp }) }
})
