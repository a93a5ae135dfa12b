import { spawnSync } from "node:child_process"
import { attempt } from "./shell.ts"
import { installPackages } from "./system-packages.ts"

const versionOf = (program: string, args: ReadonlyArray<string>): ReadonlyArray<number> | undefined => {
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8" })
  const found = status === 0 ? /(\d+)\.(\d+)/.exec(stdout) : null
  return found === null ? undefined : [Number(found[1]), Number(found[2])]
}
const atLeast = (version: ReadonlyArray<number> | undefined, major: number, minor: number): string | undefined => {
  const [ownMajor = 0, ownMinor = 0] = version ?? []
  return ownMajor > major || (ownMajor === major && ownMinor >= minor) ? `${ownMajor}.${ownMinor}` : undefined
}

/** The version of the go on PATH, 1.18 or newer. */
export const findGo = (): string | undefined => atLeast(versionOf("go", ["version"]), 1, 18)

export const installGo = (): Promise<void> => installPackages("go 1.18 or newer", ["golang-go"], () => findGo() !== undefined)

/** The version of the cargo on PATH, 1.70 or newer: the first that asks a sparse index by itself. It needs a C compiler to link. */
export const findCargo = (): string | undefined =>
  Bun.which("cc") === null ? undefined : atLeast(versionOf("cargo", ["--version"]), 1, 70)

/** The release's own cargo, or where that is older the one that it keeps for its browsers. */
export const installCargo = async (): Promise<void> => {
  const { output } = await attempt("apt-cache", ["policy", "cargo"])
  const [, minor = "0"] = /Candidate: \S*?0\.(\d+)\./.exec(output) ?? []
  const isOld = Number(minor) > 0 && Number(minor) < 71
  const names = isOld ? ["cargo-web", "rustc-web"] : ["cargo", "rustc"]
  await installPackages("cargo 1.70 or newer", [...names, "gcc", "libc6-dev"], () => findCargo() !== undefined)
}
