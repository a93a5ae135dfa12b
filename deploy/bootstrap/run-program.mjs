import { spawn } from "node:child_process"

/** Runs a program to its end with nothing on standard input; throws with all it printed when it fails. */
export const run = (program, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    child.stdout.on("data", (chunk) => (output += chunk))
    child.stderr.on("data", (chunk) => (output += chunk))
    child.once("error", reject)
    child.once("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${program} ${args.join(" ")} ended with ${code}:\n${output}`)),
    )
  })

/** True when the program ends well and `expected` likes what it printed. */
export const succeeds = (program, args, expected) => run(program, args).then(expected, () => false)
