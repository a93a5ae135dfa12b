import { existsSync } from "node:fs"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { describe, expect, it } from "vitest"
import { runGroup } from "./run-group.ts"

const run = (script: string, atMost = 10_000) => runGroup("sh", ["-c", script], { cwd: checkout(), env: {}, atMost })

describe("a lane's program", () => {
  it("gives its exit code and leaves nothing", async () => {
    expect(await run("exit 4")).toEqual({ code: 4, leftovers: [] })
  })

  it("is named and killed with what it leaves running", async () => {
    const { code, leftovers } = await run("sleep 300 & exit 0")
    expect({ code, leftovers }).toEqual({ code: 0, leftovers: [expect.stringMatching(/^(sleep|sh) \(\d+\)$/)] })
    const pid = /\d+/.exec(leftovers[0] ?? "")?.[0]
    await expect.poll(() => existsSync(`/proc/${pid}/exe`)).toBe(false)
  })

  it("is killed when it takes too long", async () => {
    expect(await run("sleep 300", 100)).toMatchObject({ code: 137 })
  })

  it("that cannot be started failed", async () => {
    expect(await runGroup("no-such-program", [], { cwd: checkout(), env: {}, atMost: 1_000 })).toEqual({ code: 127, leftovers: [] })
  })
})
