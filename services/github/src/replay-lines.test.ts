import { healLine, quoted, replayLines } from "@ci-fix-pilot/contract/replay-lines"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import { describe, expect, it } from "vitest"
import { proof, proposal, result, runId, target } from "./delivery.suite.ts"

describe("a word for the shell", () => {
  it.each([
    ["plain-1.2/x@y", "plain-1.2/x@y"],
    ["two words", "'two words'"],
    ["$(rm -rf /)", "'$(rm -rf /)'"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
  ])("%j is %j", (word, written) => {
    expect(quoted(word)).toBe(written)
  })

  it("comes back out of sh as it went in", async () => {
    const word = "a 'b' \"c\" $d `e` \\f\n*"
    const child = Bun.spawn(["sh", "-c", `printf %s ${quoted(word)}`])
    expect(await new Response(child.stdout).text()).toBe(word)
  })
})

describe("the lines to copy", () => {
  it("run a command where it ran", () => {
    const inFolder = proof(undefined, {
      before: result("npm test", 1, 1, { command: { name: "t", run: "npm test\n", cwd: "web app", source: "config" } }),
    })
    expect(replayLines({ branch: fixBranch(runId) }, target, inFolder)).toContain("\n(cd 'web app' && npm test)\n")
  })

  it("take the change from a file where there is no branch of ours", () => {
    const lines = replayLines({ file: "run of today.patch" }, target, proof())
    expect(lines).toContain("git apply --index 'run of today.patch'")
    expect(lines).not.toContain("ci-fix-pilot/run_")
  })

  it("heal again from the same green commit with the same command", () => {
    expect(healLine(target, proof(), proposal())).toBe(
      `npm run heal -- PATH-TO-YOUR-CLONE --commit ${target.commitSha} --good ${"9".repeat(40)} --command 'npm test'`,
    )
  })
})
