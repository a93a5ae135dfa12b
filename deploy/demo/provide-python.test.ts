import { describe, expect, it } from "vitest"
import { scenarioNamed, scenarios } from "../forge/catalogue.ts"
import { CannotProvide } from "../provision/say.ts"
import { providePythonFor } from "./provide-python.ts"

const line = "python3 is missing. Run: sudo apt-get install -y python3"
const failing = (error: Error) => () => Promise.reject(error)
const cannot = failing(new CannotProvide(line))

describe("a demo on a machine without python3", () => {
  it("plays all once it is there", async () => {
    expect(await providePythonFor(scenarios, false, () => Promise.resolve())).toEqual({ played: scenarios, leftOut: [] })
  })

  it("leaves out what needs it, which is not as expected, and plays the others", async () => {
    const { played, leftOut } = await providePythonFor(scenarios, false, cannot)
    expect(played).toEqual(scenarios.filter(({ name }) => name !== "python-test"))
    expect(leftOut).toMatchObject([{ scenario: { name: "python-test" }, status: "left out", wrong: [line] }])
  })

  it("refuses when that was asked for by name, and when it broke on the way", async () => {
    await expect(providePythonFor([scenarioNamed("python-test")], true, cannot)).rejects.toThrow(line)
    await expect(providePythonFor(scenarios, false, failing(new Error("no space left")))).rejects.toThrow("no space left")
  })

  it("does not look for it where nothing needs it", async () => {
    const wanted = [scenarioNamed("flaky")]
    expect(await providePythonFor(wanted, true, cannot)).toEqual({ played: wanted, leftOut: [] })
  })
})
