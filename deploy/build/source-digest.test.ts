import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { sourceDigest } from "./source-digest.ts"

let checkout = ""

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(checkout, path)), { recursive: true })
  writeFileSync(join(checkout, path), text)
}

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "digest-"))
  write("bun.lock", "1")
  write("deploy/build.ts", "1")
  write("services/planner/src/main.ts", "1")
})
afterEach(() => rmSync(checkout, { recursive: true, force: true }))

describe("the digest of the sources", () => {
  it("is the same as long as they are", () => {
    expect(sourceDigest(checkout)).toBe(sourceDigest(checkout))
  })

  it.each([
    "services/planner/src/main.ts",
    "services/planner/src/migrations/0001-a.sql",
    "libs/sql/src/Sql.ts",
    "deploy/build.ts",
    "bun.lock",
  ])("changes with %s", (path) => {
    const before = sourceDigest(checkout)
    write(path, "2")
    expect(sourceDigest(checkout)).not.toBe(before)
  })

  it.each(["services/planner/src/main.test.ts", "services/ai/src/fixtures/a.ts", "services/ai/node_modules/a/b.ts"])(
    "does not change with %s",
    (path) => {
      const before = sourceDigest(checkout)
      write(path, "2")
      expect(sourceDigest(checkout)).toBe(before)
    },
  )
})
