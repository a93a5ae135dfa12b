import { createHash } from "node:crypto"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { run } from "./run-program.mjs"

/** Installs exactly what bun.lock says; when neither it nor a package.json changed since the last time, does nothing. */
export const installDependencies = async (root, bun) => {
  const stamp = join(root, "node_modules/.installed-lockfile")
  const wanted = await fingerprint(root)
  if ((await readFile(stamp, "utf8").catch(() => "")) === wanted) return
  const start = performance.now()
  process.stderr.write("dependencies: installing\n")
  await run(bun, ["install", "--frozen-lockfile"], { cwd: root })
  await writeFile(stamp, wanted)
  process.stderr.write(`dependencies: ready after ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
}

const fingerprint = async (root) => {
  const manifests = await Promise.all(["libs", "services", "."].map((folder) => manifestsIn(root, folder)))
  const files = ["bun.lock", "bunfig.toml", "package.json", ...manifests.flat().sort()]
  const hash = createHash("sha256")
  for (const file of files) hash.update(`${file}\n`).update(await readFile(join(root, file)).catch(() => ""))
  return hash.digest("hex")
}

const manifestsIn = async (root, folder) => {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name, "package.json"))
}
