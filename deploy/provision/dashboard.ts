import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { run } from "./shell.ts"

const ui = () => join(checkout(), "ui")
/** What a build is made of: the dashboard itself, and the rules and views that it shares with the services. */
const sources = [
  "ui/src",
  "ui/public",
  "ui/bundle",
  "ui/index.html",
  "ui/vite.config.ts",
  "ui/svelte.config.js",
  "ui/package.json",
  "libs/contract/src",
  "libs/lifecycle/src",
  "bun.lock",
]

const writtenAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

const newestIn = (path: string): number => {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  return stat.isDirectory() ? Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name)))) : stat.mtimeMs
}

/** Where the built dashboard is; undefined when there is none, or when one of its sources was written after it. */
export const findDashboard = (): string | undefined => {
  const dist = join(ui(), "dist")
  const newest = Math.max(...sources.map((path) => newestIn(join(checkout(), path))))
  return writtenAt(join(dist, "index.html")) > newest ? dist : undefined
}

/** Builds it, in a second or two; what people get, also where tests ask for it. */
export const buildDashboard = async (): Promise<void> => {
  await run(process.execPath, ["--bun", "run", "build"], { cwd: ui(), env: { NO_COLOR: "1", NODE_ENV: "production" } })
}
