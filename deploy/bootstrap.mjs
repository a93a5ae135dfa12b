/**
 * What every `npm run` of this project calls, on a machine that has only Node 20 and npm: gets the pinned Bun, installs the
 * dependencies of the lockfile, and hands over to the task. Plain JavaScript without dependencies, because nothing else is there yet.
 */
import { dirname, join } from "node:path"
import process, { argv, versions } from "node:process"
import { fileURLToPath } from "node:url"
import { checkNode } from "./bootstrap/check-node.mjs"
import { getBun } from "./bootstrap/get-bun.mjs"
import { installDependencies } from "./bootstrap/install-dependencies.mjs"
import { withLock } from "./bootstrap/lock.mjs"
import { runTask } from "./bootstrap/run-task.mjs"

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const tasks = {
  bench: "deploy/bench/main.ts",
  demo: "deploy/demo.ts",
  forge: "deploy/forge/main.ts",
  heal: "deploy/heal.ts",
  images: "deploy/images/build-sandbox-image.ts",
  start: "deploy/start.ts",
  test: "deploy/test.ts",
  watch: "deploy/watch.ts",
}

const [, , task = "", ...args] = argv

try {
  checkNode(versions.node)
  if (!Object.hasOwn(tasks, task)) throw new Error(`no task "${task}": use one of ${Object.keys(tasks).join(", ")}`)
  const bun = await withLock(join(root, ".tools/locks/bootstrap"), async () => {
    const found = await getBun(root)
    await installDependencies(root, found)
    return found
  })
  process.exitCode = await runTask({ root, bun, script: tasks[task], args })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
