import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { removeLeftBehind } from "./left-behind.ts"

const folder = mkdtempSync(join(tmpdir(), "tools-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it("removes what was being unpacked, and neither what is ready nor another component's", () => {
  const others = ["bin", "postgres", "postgres-15-copy", "nats-server-Ab3dE6"]
  for (const name of [...others, "postgres-Xy12Zw"]) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, "file"), "")
  }
  mkdtempSync(join(folder, "postgres-"))
  removeLeftBehind(folder, "postgres")
  expect(readdirSync(folder).sort()).toEqual(others.toSorted())
  removeLeftBehind(join(folder, "none"), "postgres")
})
