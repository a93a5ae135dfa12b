import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { buildOnce } from "./build-once.ts"

let builds = ""
let sources = ""
let made = 0

beforeEach(() => {
  builds = join(mkdtempSync(join(tmpdir(), "build-once-")), "built")
  sources = "1"
  made = 0
})
afterEach(() => rmSync(join(builds, ".."), { recursive: true, force: true }))

/** Builds from the sources as they are; `meanwhile` happens before it is done. */
const making =
  (meanwhile: () => void = () => {}) =>
  async (folder: string) => {
    made += 1
    meanwhile()
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "main.js"), sources)
  }
const once = (meanwhile?: () => void) => buildOnce(builds, () => sources, making(meanwhile))
const builtFrom = (folder: string) => readFileSync(join(folder, "main.js"), "utf8")

describe("a build", () => {
  it("stands under the digest of its sources, and is made once", async () => {
    expect([await once(), await once()]).toEqual([join(builds, "1"), join(builds, "1")])
    expect([made, readdirSync(builds)]).toEqual([1, ["1"]])
  })

  it("never stands under the digest of other sources: when they change in the middle, it is made again", async () => {
    const folder = await once(() => {
      sources = "2"
    })
    expect([folder, builtFrom(folder), made]).toEqual([join(builds, "2"), "2", 2])
    expect(readdirSync(builds)).toEqual(["2"])
  })

  it("is given up when the sources do not come to rest", async () => {
    const restless = once(() => {
      sources = `${sources}+`
    })
    await expect(restless).rejects.toThrow("the sources changed during each of 5 builds")
    expect(readdirSync(builds)).toEqual([])
  })

  it("is another's when he was first with the same sources", async () => {
    const folder = await once(() => {
      mkdirSync(join(builds, "1"), { recursive: true })
      writeFileSync(join(builds, "1", "main.js"), "his")
    })
    expect([builtFrom(folder), readdirSync(builds)]).toEqual(["his", ["1"]])
  })

  it("that failed leaves nothing behind", async () => {
    const failed = once(() => {
      throw new Error("syntax")
    })
    await expect(failed).rejects.toThrow("syntax")
    expect(existsSync(join(builds, "1"))).toBe(false)
  })
})
