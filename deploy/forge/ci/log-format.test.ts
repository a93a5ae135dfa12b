import { expect, test } from "vitest"
import { runHeader, stamp, stampLines } from "./log-format.ts"

const at = new Date("2026-03-01T10:20:30.456Z")

test("moments have seven digits after the second", () => {
  expect(stamp(at)).toBe("2026-03-01T10:20:30.4560000Z")
})

test("every line is stamped once", () => {
  const once = stampLines("one\ntwo\n", at)
  expect(once).toBe("2026-03-01T10:20:30.4560000Z one\n2026-03-01T10:20:30.4560000Z two\n")
  expect(stampLines(once, new Date(0))).toBe(once)
})

test("a run step begins with its script, its shell and its variables", () => {
  expect(runHeader("npm ci\nnpm test\n", "/usr/bin/bash -e {0}", { NODE_ENV: "test" }).split("\n")).toEqual([
    "##[group]Run npm ci",
    "\u001b[36;1mnpm ci\u001b[0m",
    "\u001b[36;1mnpm test\u001b[0m",
    "shell: /usr/bin/bash -e {0}",
    "env:",
    "  NODE_ENV: test",
    "##[endgroup]",
  ])
})
