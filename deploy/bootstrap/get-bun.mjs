/** The pinned Bun from npm, in `.tools/bun`, with `.tools/bin/bun` pointing to it. A `bun` on PATH is never used: its version is not ours. */
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { run, succeeds } from "./run-program.mjs"

/** Returns the path of the Bun that package.json's `packageManager` names, installing it when it is not there yet. */
export const getBun = async (root) => {
  const { packageManager } = JSON.parse(await readFile(join(root, "package.json"), "utf8"))
  const version = packageManager.replace("bun@", "")
  const home = join(root, ".tools/bun")
  const program = join(home, "node_modules/bun/bin/bun.exe")
  if (!(await isVersion(program, version))) await install(home, version)
  if (!(await isVersion(program, version))) throw new Error(`Bun ${version} was installed but does not run: ${program}`)
  await link(program, join(root, ".tools/bin"))
  return program
}

const isVersion = (program, version) => succeeds(program, ["--version"], (output) => output.trim() === version)

/** npm 11 asks before it runs install scripts and npm 10 may be told not to: the one that Bun needs is run here by hand. */
const install = async (home, version) => {
  const start = performance.now()
  process.stderr.write(`bun ${version}: missing, getting it from npm\n`)
  await rm(home, { recursive: true, force: true })
  await mkdir(home, { recursive: true })
  await writeFile(join(home, "package.json"), JSON.stringify({ private: true, dependencies: { bun: version } }))
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
  await run("npm", ["install", "--prefix", home, "--ignore-scripts", "--include=optional", ...quiet], { cwd: home })
  await run(process.execPath, ["install.js"], { cwd: join(home, "node_modules/bun") })
  process.stderr.write(`bun ${version}: ready after ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
}

const link = async (program, bin) => {
  await mkdir(bin, { recursive: true })
  for (const name of ["bun", "bunx"]) {
    await rm(join(bin, name), { force: true })
    await symlink(program, join(bin, name))
  }
}
