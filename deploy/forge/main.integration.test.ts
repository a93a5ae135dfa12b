import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Octokit } from "@octokit/rest"
import { afterAll, expect, test } from "vitest"
import { connectForge, OperationFailed } from "./connect.ts"
import { scrubbed } from "./environment.ts"
import { files, mara, writeFiles } from "./sample.ts"

const dir = mkdtempSync(join(tmpdir(), "forge-process-"))
writeFiles(join(dir, "source"), files)
let child: Bun.Subprocess<"ignore", "pipe", "inherit"> | undefined
afterAll(async () => {
  child?.kill()
  await child?.exited
  rmSync(dir, { recursive: true, force: true })
})

/** Starts the forge as its own process and waits for the line that says where it listens. */
const start = async (): Promise<string> => {
  const env = scrubbed({ FORGE_DIR: "forge", FORGE_TOKEN: "let-me-in" })
  child = Bun.spawn([process.execPath, join(import.meta.dirname, "main.ts")], {
    cwd: dir,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  })
  const decoder = new TextDecoder()
  let said = ""
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk)
    const url = /"url":"([^"]+)"/u.exec(said)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`the forge did not say where it listens: ${said}`)
}

test("a forge that was killed knows all it had answered for", async () => {
  const first = connectForge(await start(), "let-me-in")
  await first.createRepository({ owner: "acme", name: "sums", from: join(dir, "source"), by: mara, at: "2026-01-05T09:00:00Z" })
  await first.push({ repository: "acme/sums", branch: "wrong", files: { "sum.txt": "2 + 2 = 5\n" }, message: "Round up", by: mara })
  const run = await first.runWorkflow({ repository: "acme/sums", branch: "wrong" })
  const octokit = new Octokit({ auth: "let-me-in", baseUrl: first.apiUrl })
  const at = { owner: "acme", repo: "sums" }
  await octokit.pulls.create({ ...at, title: "Round up", head: "wrong", base: "main", body: "Yes." })
  const before = {
    pulls: await first.pullRequests(),
    runs: await first.runs(),
    branches: await first.branches({ repository: "acme/sums" }),
  }
  child?.kill("SIGKILL")
  await child?.exited

  const second = connectForge(await start(), "let-me-in")
  expect({
    pulls: await second.pullRequests(),
    runs: await second.runs(),
    branches: await second.branches({ repository: "acme/sums" }),
  }).toEqual(before)
  const again = new Octokit({ auth: "let-me-in", baseUrl: second.apiUrl })
  const { data: log } = await again.actions.downloadJobLogsForWorkflowRun({ ...at, job_id: run.jobs[0]?.id ?? 0 })
  expect(log).toContain("##[error]Process completed with exit code 1.")
  await second.push({ repository: "acme/sums", branch: "other", files: { "sum.txt": "1\n" }, message: "Other", by: mara })
  const { data: pull } = await again.pulls.create({ ...at, title: "Other", head: "other", base: "main" })
  expect(pull.number).toBe(2)
})

test("whoever administers needs the token, and is told what was wrong", async () => {
  const url = child === undefined ? await start() : await connectedUrl()
  await expect(connectForge(url, "nonsense").repositories()).rejects.toThrow("Bad credentials")
  const forge = connectForge(url, "let-me-in")
  await expect(forge.runWorkflow({ repository: "acme/none", branch: "main" })).rejects.toThrow(OperationFailed)
  await expect(forge.push({ repository: "acme/sums", branch: "x", from: "nowhere", files: {}, message: "x" })).rejects.toThrow("nowhere")
})

const connectedUrl = async (): Promise<string> => {
  child?.kill()
  await child?.exited
  return start()
}
