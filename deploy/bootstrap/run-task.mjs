import { spawn } from "node:child_process"
import { constants } from "node:os"
import { delimiter, join } from "node:path"
import process, { env, stdin } from "node:process"

/** Runs a task under Bun as if it were this process: same terminal, its signals, its exit code. */
export const runTask = ({ root, bun, script, args }) =>
  new Promise((resolve, reject) => {
    const { PATH = "" } = env
    const child = spawn(bun, [join(root, script), ...args], {
      stdio: "inherit",
      env: { ...env, PATH: [join(root, ".tools/bin"), PATH].join(delimiter) },
    })
    const forward = (signal) => child.kill(signal)
    const hold = () => undefined
    process.on("SIGTERM", forward).on("SIGHUP", forward)
    // A terminal sends Ctrl-C to both of us; passing it on would make it the second one, which means "at once".
    process.on("SIGINT", stdin.isTTY ? hold : forward)
    child.once("error", reject)
    child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
