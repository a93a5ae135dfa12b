import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Scenario } from "../forge/scenario.ts"

const verifyMs = 180_000

const run = async (command: Array<string>, cwd: string) => {
  const child = Bun.spawn(command, {
    cwd,
    stdout: "pipe",
    stderr: "pipe",
    stdin: "ignore",
    timeout: verifyMs,
    env: { ...Bun.env, CI: "true", GIT_TERMINAL_PROMPT: "0" },
  })
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  return { code, output: `${out}${err}`.slice(-2_000) }
}

const missing = (folder: string, texts: Readonly<Record<string, string>>, what: string) =>
  Object.entries(texts).flatMap(([file, text]) =>
    readFileSync(join(folder, file), "utf8").includes(text) ? [] : [`${file} does not contain ${what} ${JSON.stringify(text)}`],
  )

/** Clones a pull request's head as a stranger would, runs the scenario's tests there, and looks for what must be kept. Gives what is wrong. */
export const verifyPullRequest = async (scenario: Scenario, cloneUrl: string, branch: string): Promise<ReadonlyArray<string>> => {
  const folder = mkdtempSync(join(tmpdir(), "verify-"))
  try {
    const clone = await run(["git", "clone", "--quiet", "--depth", "1", "--branch", branch, cloneUrl, folder], tmpdir())
    if (clone.code !== 0) return [`${branch} cannot be cloned: ${clone.output}`]
    const lockfile = await Bun.file(join(folder, "package-lock.json")).exists()
    const install = lockfile ? await run(["npm", "install", "--no-audit", "--no-fund"], folder) : { code: 0, output: "" }
    if (install.code !== 0) return [`npm install failed: ${install.output}`]
    const tests = await run(["sh", "-c", scenario.verify], folder)
    return [
      ...(tests.code === 0 ? [] : [`${scenario.verify} exits ${tests.code}: ${tests.output}`]),
      ...missing(folder, scenario.keeps, "the harmless part"),
      ...missing(folder, scenario.restores, "what was broken"),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
