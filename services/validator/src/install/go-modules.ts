/** How Go's modules are fetched beforehand, and what a try needs to find them without a network. */
import { posix } from "node:path"
import type { InstallPlan } from "./install-commands.ts"

/** Begins with a dot: `./...` does not look into it. */
const home = ".go"
const at = (name: string) => `/workspace/${home}/${name}`

/** Neither code under test nor the work of another build is a module of the project. */
const foreign = /(?:^|\/)(?:vendor|testdata|node_modules)\//u
export const isGoManifest = (path: string): boolean => /^(?:[\w.@+-]+\/)*go\.(?:mod|sum|work|work\.sum)$/u.test(path) && !foreign.test(path)

/** Modules at the root and directly below it, the root's first. */
const modulesIn = (paths: ReadonlyArray<string>): ReadonlyArray<string> =>
  paths
    .filter((path) => /^(?:[^/]+\/)?go\.mod$/u.test(path))
    .map((path) => posix.dirname(path))
    .toSorted((one, other) => Number(other === ".") - Number(one === "."))

/** Whether anything must be fetched: a module asks for others, and does not bring them along. */
export const needsGoModules = (paths: ReadonlyArray<string>, textOf: (path: string) => string): boolean => {
  const there = new Set(paths)
  return modulesIn(paths.filter(isGoManifest)).some(
    (directory) =>
      /^\s*require\b/mu.test(textOf(posix.join(directory, "go.mod"))) && !there.has(posix.join(directory, "vendor/modules.txt")),
  )
}

const left = "not fetched: "

/** Where modules are whose own could not all be fetched, by what the download printed. */
export const leftByGo = (output: string): ReadonlyArray<string> =>
  output.split("\n").flatMap((line) => (line.startsWith(left) ? [line.slice(left.length)] : []))

/** Of several modules the first must be fetched whole; what another lacks is said, and shows when its tests run. */
const download = (files: ReadonlyArray<string>): string =>
  modulesIn(files)
    .map((directory, index) => {
      const one = `(cd '${directory}' && go mod download)`
      return index === 0 ? one : `{ ${one} || echo "${left}${directory}"; }`
    })
    .join(" && ")

/**
 * What go.sum promises is checked by go itself. What is not in there cannot be used by a try, so the public database of sums, which
 * cannot be reached, is not asked. `local`: another version of Go is a toolchain, not a dependency.
 */
const common = {
  GOMODCACHE: at("mod"),
  GOCACHE: at("build"),
  GOSUMDB: "off",
  GOTOOLCHAIN: "local",
}

export const goPlan = (files: ReadonlyArray<string>, mirror: string): InstallPlan => ({
  ecosystem: "go",
  fetch: [{ name: "go mod download", run: download(files) }],
  // Newer toolchains come without a compiled standard library, which every try would have to compile.
  offline: { run: "go build std", required: false },
  env: { ...common, GOPROXY: mirror.replace(/\/$/u, ""), GOFLAGS: "-modcacherw" },
  keep: home,
  use: { env: { ...common, GOPROXY: "off" }, path: [] },
})
