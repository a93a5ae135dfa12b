/** The machine's own toolchains, as a sandbox without an image needs them: which directories to show, and what to put on PATH. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { runToEnd } from "../process/run-to-end.ts"
import type { SandboxMount } from "./Sandbox.ts"

export interface Toolchains {
  readonly mounts: ReadonlyArray<SandboxMount>
  /** Directories inside, searched before the system's. */
  readonly path: ReadonlyArray<string>
}

/** Programs that lie alone somewhere are gathered here. */
const gathered = "/run/toolchains/bin"

/** How each toolchain tells where it really lives: version managers put only a script on PATH. */
const questions = {
  node: ["node", "-p", "process.execPath"],
  bun: ["bun", "-e", "console.log(process.execPath)"],
  python3: ["python3", "-c", "import os, sys; print(os.path.join(sys.base_prefix, 'bin', 'python3'))"],
  go: ["sh", "-c", 'printf %s/bin/go "$(go env GOROOT)"'],
  cargo: ["sh", "-c", 'printf %s/bin/cargo "$(rustc --print sysroot)"'],
} satisfies Record<string, ReadonlyArray<string>>

const within = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`)

/**
 * What to show for a program: nothing when it is a part of `/usr`, its installation's directory when that holds nothing but the
 * installation, else the one file. A home directory, its `.local`, and whatever contains them are never shown.
 */
export const toolchainAt = (name: string, program: string, home: string): Toolchains => {
  const prefix = dirname(dirname(program))
  const path = [dirname(program)]
  if (within(program, "/usr")) return { mounts: [], path: within(program, "/usr/bin") ? [] : path }
  const broad = prefix.split("/").length <= 2 || within(home, prefix) || within(prefix, join(home, ".local"))
  if (!broad && program.endsWith(`/bin/${name}`)) return { mounts: [{ from: prefix, at: prefix }], path }
  return { mounts: [{ from: program, at: join(gathered, name) }], path: [gathered] }
}

const find = Effect.fn("find-toolchain")(function* (
  name: keyof typeof questions,
  settings: { readonly path: string; readonly home: string },
) {
  const { code, output } = yield* runToEnd(["env", ...questions[name]], { PATH: settings.path, HOME: settings.home })
  const program = output.trim().split("\n").at(-1) ?? ""
  return code === 0 && program.startsWith("/") && existsSync(program) ? toolchainAt(name, program, settings.home) : { mounts: [], path: [] }
})

/** Looks for each toolchain on `path`; `extra` directories are the operator's and come first. */
export const findToolchains = Effect.fn("find-toolchains")(function* (
  settings: { readonly path: string; readonly home: string },
  extra: ReadonlyArray<string>,
) {
  const names = ["node", "bun", "python3", "go", "cargo"] as const
  const found = yield* Effect.forEach(names, (name) => find(name, settings), { concurrency: "unbounded" })
  const given = extra.map((directory) => ({
    mounts: [{ from: directory, at: directory }],
    path: [existsSync(join(directory, "bin")) ? join(directory, "bin") : directory],
  }))
  const all: ReadonlyArray<Toolchains> = [...given, ...found]
  const mounts = new Map(all.flatMap((toolchain) => toolchain.mounts.map((mount) => [mount.at, mount] as const)))
  const toolchains: Toolchains = { mounts: [...mounts.values()], path: [...new Set(all.flatMap((toolchain) => toolchain.path))] }
  return toolchains
})
