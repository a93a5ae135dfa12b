/** What an operator may say about sandboxes; every variable has a default that works. */

import { resolve } from "node:path"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Config, Option } from "effect"
import type { SandboxUser } from "./Sandbox.ts"

const absolutePaths = (text: string): ReadonlyArray<string> => text.split(":").filter((path) => path.startsWith("/"))

/** The service's own user when that is not root: what a command writes must be readable and removable here. */
const userFor = (uid: number): SandboxUser => {
  const own = process.getuid?.() ?? 0
  return own === 0 ? { uid, gid: uid } : { uid: own, gid: process.getgid?.() ?? own }
}

/** `bun --bun` puts itself in front of PATH under the name of node; projects are tested by the real one. */
const withoutBunsNode = (path: string): string =>
  path
    .split(":")
    .filter((directory) => !/\/bun-node-[^/]*$/u.test(directory))
    .join(":")

const ownerFor = (directory: string): string => sha256Hex(resolve(directory)).slice(0, 12)

const optional = (name: string) => Config.option(Config.NonEmptyString(name)).pipe(Config.map(Option.getOrUndefined))

export const sandboxSettings = Config.all({
  /** `auto`: Docker when its daemon and the image are there, else bubblewrap. */
  kind: Config.Literals(["auto", "docker", "bubblewrap"], "CI_HEALING_SANDBOX").pipe(Config.withDefault("auto" as const)),
  /** The image must have a shell, coreutils and the toolchains; a user with the sandbox's uid is welcome. */
  image: Config.NonEmptyString("CI_HEALING_SANDBOX_IMAGE").pipe(Config.withDefault("ci-fix-pilot/sandbox:1")),
  /** `runc` or `runsc` (gVisor); the daemon's default unless told. */
  runtime: optional("CI_HEALING_SANDBOX_RUNTIME"),
  /** Where the daemon is: `unix:///path` or `tcp://host:port`. */
  dockerHost: optional("DOCKER_HOST"),
  /**
   * Installations that share a machine need different names, or one reaps the other's sandboxes; copies of one fleet need the same.
   * Unless told, the workspace directory decides: copies share it, installations do not.
   */
  owner: Config.NonEmptyString("CI_HEALING_SANDBOX_OWNER").pipe(
    Config.orElse(() => Config.NonEmptyString("CI_HEALING_WORKSPACE_DIR").pipe(Config.map(ownerFor))),
    Config.withDefault(ownerFor(".data/workspace")),
  ),
  /** Used when the service itself is root: an id that no account of the machine has. */
  user: Config.Int("CI_HEALING_SANDBOX_UID").pipe(Config.withDefault(10001), Config.map(userFor)),
  /** bubblewrap only: further directories to show read-only, separated by colons; their `bin` is put on PATH. */
  toolchains: Config.String("CI_HEALING_SANDBOX_TOOLCHAINS").pipe(Config.withDefault(""), Config.map(absolutePaths)),
  /** bubblewrap only: `auto` uses cgroups where they may be written; `watchdog` never does. */
  limitsBy: Config.Literals(["auto", "watchdog"], "CI_HEALING_SANDBOX_LIMITS").pipe(Config.withDefault("auto" as const)),
  /** bubblewrap only: the program, by name or path. */
  bubblewrap: Config.NonEmptyString("CI_HEALING_SANDBOX_BUBBLEWRAP").pipe(Config.withDefault("bwrap")),
  /** bubblewrap only: where toolchains are looked for. */
  path: Config.String("PATH").pipe(Config.withDefault("/usr/local/bin:/usr/bin:/bin"), Config.map(withoutBunsNode)),
  home: Config.String("HOME").pipe(Config.withDefault("/root")),
})

export type SandboxSettings = Config.Success<typeof sandboxSettings>
