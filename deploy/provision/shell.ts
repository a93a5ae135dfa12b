import { spawn } from "node:child_process"

export interface Finished {
  readonly code: number
  /** Standard output and standard error as they came. */
  readonly output: string
}

export interface Options {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end, with nothing to read on standard input. Never throws for an exit code. */
export const attempt = (command: string, args: ReadonlyArray<string>, { cwd, env }: Options = {}): Promise<Finished> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...Bun.env, LC_ALL: "C.UTF-8", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    })
    let output = ""
    const add = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on("data", add)
    child.stderr.on("data", add)
    child.once("error", (error) => resolve({ code: 127, output: error.message }))
    child.once("close", (code) => resolve({ code: code ?? 1, output }))
  })

/** Runs a program and returns what it printed; throws with the end of its output when it fails. */
export const run = async (command: string, args: ReadonlyArray<string>, options: Options = {}): Promise<string> => {
  const { code, output } = await attempt(command, args, options)
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output.slice(-3_000)}`)
  return output
}

/** Tries up to three times: package mirrors fail now and then. */
export const persistently = async <A>(work: () => Promise<A>, left = 2): Promise<A> => {
  try {
    return await work()
  } catch (error) {
    if (left === 0) throw error
    await Bun.sleep(2_000)
    return persistently(work, left - 1)
  }
}
