import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"

/** Builds that are kept: a service that was started from one may still read of it. */
const kept = 8
/** How often sources may change in the middle of a build before it is given up. */
const most = 5

const forgetOld = (builds: string) => {
  const byAge = readdirSync(builds)
    .map((name) => ({ path: join(builds, name), at: statSync(join(builds, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at)
  for (const { path } of byAge.slice(kept)) rmSync(path, { recursive: true, force: true })
}

/**
 * The folder in `builds` with what `make` builds from the sources that `digest` names, made unless it is there. Building takes seconds:
 * when the sources changed meanwhile, it is unknown which of them went into it, and it is made again.
 */
export const buildOnce = async (builds: string, digest: () => string, make: (folder: string) => Promise<void>): Promise<string> => {
  mkdirSync(builds, { recursive: true })
  for (let tries = 0; tries < most; tries += 1) {
    const sources = digest()
    const folder = join(builds, sources)
    if (existsSync(folder)) return folder
    forgetOld(builds)
    const fresh = `${folder}.${crypto.randomUUID()}`
    try {
      await make(fresh)
      if (digest() !== sources) continue
      renameSync(fresh, folder)
      return folder
    } catch (error) {
      // Another process was first, with the same sources.
      if (existsSync(folder)) return folder
      throw error
    } finally {
      rmSync(fresh, { recursive: true, force: true })
    }
  }
  throw new Error(`the sources changed during each of ${most} builds: try again when they are at rest`)
}
