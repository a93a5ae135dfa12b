import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { checkout } from "@ci-fix-pilot/testkit/process-tools"
import { builtFile } from "./build-program.ts"
import { entries } from "./entries.ts"
import { sourceDigest } from "./source-digest.ts"

/** Builds that are kept: whoever was started from one may still read of it. */
const kept = 8

const forgetOld = (builds: string) => {
  const byAge = readdirSync(builds)
    .map((name) => ({ path: join(builds, name), at: statSync(join(builds, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of byAge.slice(kept)) rmSync(path, { recursive: true, force: true })
}

/** Builds everything, in a process of its own: what a bundler takes in memory must not stay with whoever starts services. */
const build = async (folder: string): Promise<void> => {
  const fresh = `${folder}.${crypto.randomUUID()}`
  mkdirSync(dirname(folder), { recursive: true })
  forgetOld(dirname(folder))
  const child = Bun.spawn([process.execPath, join(checkout(), "deploy/build.ts"), fresh, ...Object.keys(entries)], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
  if (code !== 0) throw new Error(`the services could not be built: ${said}`)
  // The dashboard is built on its own, before or after.
  symlinkSync(join(checkout(), "ui"), join(fresh, "ui"))
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // Somebody else was first, with the same sources.
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

const buildOnce = async (): Promise<string> => {
  const folder = join(checkout(), ".out/built", sourceDigest(checkout()))
  if (!existsSync(folder)) await build(folder)
  return folder
}

let built: Promise<string> | undefined

/** The file that starts one of the {@link entries}, built from the sources as they were when this process first asked, once for all. */
export const builtMain = async (name: string): Promise<string> => {
  const entry = entries[name]
  if (entry === undefined) throw new Error(`${name} is not built`)
  built ??= buildOnce()
  return builtFile(await built, entry)
}
