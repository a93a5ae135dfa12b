import { existsSync, readdirSync, readFileSync } from "node:fs"
import { parseDeb822, parseList, type Source } from "./apt-sources.ts"

export interface Release {
  /** `debian`, `ubuntu`, ... */
  readonly id: string
  /** `bookworm`, `noble`, ... */
  readonly codename: string
}

/** Which distribution this is. */
export const release = (): Release => {
  const text = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : ""
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(text)?.[1] ?? ""
  return { id: field("ID"), codename: field("VERSION_CODENAME") }
}

const aptDirectory = "/etc/apt"

/** The files in which this machine names its package sources. */
export const sourceFiles = (): Array<string> =>
  [
    `${aptDirectory}/sources.list`,
    ...(existsSync(`${aptDirectory}/sources.list.d`)
      ? readdirSync(`${aptDirectory}/sources.list.d`).map((name) => `${aptDirectory}/sources.list.d/${name}`)
      : []),
  ].filter((path) => /\.(list|sources)$/.test(path) && existsSync(path))

/** The machine's own package sources, parsed. */
export const ownSources = (): Array<Source> =>
  sourceFiles().flatMap((path) => (path.endsWith(".list") ? parseList : parseDeb822)(readFileSync(path, "utf8")))

/** True as root in a container or a virtual machine: not a desktop. */
export const isOurs = (): boolean => process.getuid?.() === 0 && (isContainer() || isVirtual())

const isContainer = () =>
  existsSync("/.dockerenv") ||
  existsSync("/run/.containerenv") ||
  existsSync("/run/systemd/container") ||
  readFileSync("/proc/1/environ", "utf8").includes("container=")

const isVirtual = () => / hypervisor\b/.test(readFileSync("/proc/cpuinfo", "utf8"))
