/**
 * Packages downloaded and unpacked without installing anything: apt with lists and caches of its own below `.tools/apt`,
 * so that it needs no rights, disturbs no other program, and may look into another release of the same distribution.
 */
import { existsSync, readdirSync, statSync } from "node:fs"
import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { withLock } from "../bootstrap/lock.mjs"
import { archiveOf } from "./apt-sources.ts"
import { ownSources, release, sourceFiles } from "./machine.ts"
import { CannotProvide, say, secondsSince } from "./say.ts"
import { attempt, persistently, run } from "./shell.ts"

export interface Apt {
  readonly directory: string
  readonly options: ReadonlyArray<string>
}

const freshFor = 24 * 3_600_000

/** This machine's own release. */
export const ownApt = (): Promise<Apt> =>
  prepare("own", async (parts) => {
    for (const path of sourceFiles()) await copyFile(path, join(parts, basename(path)))
  })

/** Debian's release `codename`, from the mirror that this Debian machine already uses. */
export const debianApt = (codename: string): Promise<Apt> =>
  prepare(codename, async (parts) => {
    const { id, codename: own } = release()
    const archive = archiveOf(ownSources(), own)
    if (id !== "debian" || archive === undefined) throw new CannotProvide(`No package source of Debian ${own} was found in /etc/apt`)
    const signed = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    await writeFile(
      join(parts, "release.list"),
      `deb ${signed} ${archive} ${codename} main\ndeb-src ${signed} ${archive} ${codename} main\n`,
    )
  })

const prepare = async (name: string, writeSources: (parts: string) => Promise<void>): Promise<Apt> => {
  const directory = join(toolsDirectory(), "apt", name)
  const options = [
    `Dir::Etc::sourcelist=/dev/null`,
    `Dir::Etc::sourceparts=${join(directory, "sources.d")}`,
    `Dir::State::lists=${join(directory, "lists")}`,
    `Dir::Cache=${join(directory, "cache")}`,
    "APT::Sandbox::User=root",
    "Debug::NoLocking=true",
    "Acquire::Languages=none",
  ].flatMap((option) => ["-o", option])
  const apt = { directory, options }
  await withLock(join(toolsDirectory(), "locks", `apt-${name}`), () => readLists(name, apt, writeSources))
  return apt
}

/** Reads the package lists unless that was done today. What several components need is shared, so only one may be at it. */
const readLists = async (name: string, { directory, options }: Apt, writeSources: (parts: string) => Promise<void>) => {
  const parts = join(directory, "sources.d")
  const lists = join(directory, "lists")
  const stamp = join(directory, "updated")
  if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < freshFor) return
  const start = performance.now()
  await mkdir(join(lists, "partial"), { recursive: true })
  await mkdir(join(directory, "cache/archives/partial"), { recursive: true })
  await rm(parts, { recursive: true, force: true })
  await mkdir(parts, { recursive: true })
  await writeSources(parts)
  await persistently(() => run("apt-get", [...options, "-q", "update"], { env: quiet })).catch((error: Error) => {
    // One of several sources may be down or closed to us; whether what we need is in the others shows when we look for it.
    if (!readdirSync(lists).some((file) => file.includes("_Packages"))) throw error
    say(`  some package lists could not be read: ${error.message.match(/^[EW]: .*$/m)?.[0] ?? "unknown"}`)
  })
  await writeFile(stamp, "")
  say(`  read the package lists (${name}) in ${secondsSince(start)}`)
}

/** Whatever apt might ask, the answer is its default. */
export const quiet = { DEBIAN_FRONTEND: "noninteractive" }

/** The version that would be downloaded, or undefined when the release does not have the package. */
export const candidate = async ({ options }: Apt, name: string): Promise<string | undefined> => {
  const { output } = await attempt("apt-cache", [...options, "policy", name])
  const version = /Candidate: (\S+)/.exec(output)?.[1]
  return version === "(none)" ? undefined : version
}

/** Downloads packages and unpacks them below `target`. */
export const unpack = async (apt: Apt, names: ReadonlyArray<string>, target: string): Promise<void> => {
  const folder = join(apt.directory, "downloads", names[0] ?? "none")
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await mkdir(target, { recursive: true })
  await persistently(() => run("apt-get", [...apt.options, "-q", "download", ...names], { cwd: folder, env: quiet }))
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".deb")))
    await run("dpkg-deb", ["-x", join(folder, file), target])
  await rm(folder, { recursive: true, force: true })
}

/** Downloads the original source of a package and returns the folder it was unpacked in. */
export const unpackSource = async (apt: Apt, name: string): Promise<string> => {
  const folder = join(apt.directory, "sources", name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await persistently(() => run("apt-get", [...apt.options, "-q", "source", "--download-only", name], { cwd: folder, env: quiet }))
  const archive = readdirSync(folder).find((file) => file.includes(".orig.tar"))
  if (archive === undefined) throw new CannotProvide(`The source package ${name} has no original archive`)
  const unpacked = join(folder, "unpacked")
  await mkdir(unpacked)
  await run("tar", ["-xf", archive, "-C", unpacked, "--strip-components=1"], { cwd: folder })
  return unpacked
}

/** The libraries that installing `name` would bring and this machine lacks. */
export const missingLibraries = async ({ options }: Apt, name: string): Promise<Array<string>> => {
  const plan = await run("apt-get", [...options, "-s", "--no-install-recommends", "install", name], { env: quiet })
  return [...plan.matchAll(/^Inst (lib[a-z0-9.+-]+) (?!\[)/gm)].flatMap(([, library]) =>
    library === undefined || /^lib(llvm|z3|.*-perl)/.test(library) ? [] : [library],
  )
}
