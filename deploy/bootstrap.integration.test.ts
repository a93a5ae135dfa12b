import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startProcess } from "@ci-fix-pilot/machine/process"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { afterAll, describe, expect, it } from "vitest"
import { checkNode } from "./bootstrap/check-node.mjs"
import { hold, isFree } from "./bootstrap/lock.mjs"

const folder = mkdtempSync(join(tmpdir(), "bootstrap-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const module = (name: string) => JSON.stringify(join(checkout(), "deploy/bootstrap", name))

/** A script for Node that hands over to a task, as bootstrap.mjs does at its end. */
const handOver = (task: string, script: string) => {
  const path = file(`${task}.ts`, script)
  return file(
    `${task}.mjs`,
    `import { runTask } from ${module("run-task.mjs")}
     process.exitCode = await runTask({ root: "/", bun: ${JSON.stringify(process.execPath)}, script: ${JSON.stringify(path)}, args: ["one", "two words"] })`,
  )
}

describe("npm run", () => {
  it("says which tasks there are when it is given another", () => {
    const { status, stderr } = spawnSync("node", ["deploy/bootstrap.mjs", "dance"], { cwd: checkout(), encoding: "utf8" })
    expect(status).toBe(2)
    expect(stderr).toContain("bench, demo, forge, heal, images, start, test, watch")
  })

  it.each(["14.21.3", "18.20.4"])("says so when Node is %s", (version) => {
    expect(() => checkNode(version)).toThrow(`Node 20 or newer is needed, and this is ${version}`)
  })

  it.each(["20.0.0", "22.23.3", "100.1.0"])("is content with Node %s", (version) => expect(checkNode(version)).toBeUndefined())

  it("says which package is missing where there is no flock", () => {
    const script = file(
      "no-flock.mjs",
      `import { hold } from ${module("lock.mjs")}; await hold(${JSON.stringify(join(folder, "locks/none"))}).catch((error) => console.error(error.message))`,
    )
    const { stderr } = spawnSync(Bun.which("node") ?? "node", [script], { encoding: "utf8", env: { PATH: folder } })
    expect(stderr).toContain("install the package util-linux")
    expect(stderr).not.toContain("waiting for another process")
  })

  it("gives the task its arguments and keeps its exit code", () => {
    const { status, stdout } = spawnSync("node", [handOver("code", `console.log(Bun.argv.slice(2)); process.exit(7)`)], {
      encoding: "utf8",
    })
    expect(status).toBe(7)
    expect(stdout).toContain(`[ "one", "two words" ]`)
  })

  it("tells a killed task's signal by the exit code", () => {
    expect(spawnSync("node", [handOver("killed", `process.kill(process.pid, "SIGKILL")`)]).status).toBe(137)
  })

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("passes %s on and waits for the task's own end", async (signal) => {
    const script = `process.on("${signal}", () => { console.log("tidy"); process.exit(3) }); setInterval(() => undefined, 1000); console.log("ready")`
    const running = await startProcess({ command: "node", args: [handOver(signal.toLowerCase(), script)], ready: /ready/ })
    running.signal(signal)
    expect(await running.exited).toBe(3)
    expect(running.output()).toContain("tidy")
  })
})

describe("the lock between processes", () => {
  const path = join(folder, "locks/one")
  const counter = file("counter", "0")
  const locked = (work: string) => `import { withLock } from ${module("lock.mjs")}; import { readFileSync, writeFileSync } from "node:fs"
    import { setTimeout as delay } from "node:timers/promises"
    await withLock(${JSON.stringify(path)}, async () => { ${work} })`
  const count = `const seen = Number(readFileSync(${JSON.stringify(counter)}, "utf8")); await delay(20); writeFileSync(${JSON.stringify(counter)}, String(seen + 1))`
  const finished = (script: string) => new Promise((resolve) => spawn("node", [script]).once("exit", resolve))

  it("lets one in at a time", async () => {
    const script = file("count.mjs", locked(count))
    await Promise.all([1, 2, 3, 4, 5].map(() => finished(script)))
    expect(readFileSync(counter, "utf8")).toBe("5")
  })

  it("is not held by the dead", async () => {
    await finished(file("die.mjs", locked(`process.kill(process.pid, "SIGKILL")`)))
    await finished(file("count.mjs", locked(count)))
    expect(readFileSync(counter, "utf8")).toBe("6")
  })

  it("is shared by those who share it, and not free until the last has left", async () => {
    const shared = join(folder, "locks/shared")
    const [one, other] = [await hold(shared, { shared: true }), await hold(shared, { shared: true })]
    await one()
    expect(await isFree(shared)).toBe(false)
    await other()
    expect(await isFree(shared)).toBe(true)
  })

  it("is free again after a failure", async () => {
    expect(await finished(file("fail.mjs", locked(`throw new Error("no")`)))).toBe(1)
    await finished(file("count.mjs", locked(count)))
    expect(readFileSync(counter, "utf8")).toBe("7")
  })
})
