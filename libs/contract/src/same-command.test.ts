import { expect, it } from "vitest"
import { isSameCommand } from "./same-command.ts"

const command = { name: "test", run: "npm test", cwd: ".", source: "workflow" } as const

it.each([
  ["its lines", { run: "npm run test" }],
  ["its place", { cwd: "packages/a" }],
  ["its environment", { env: { TZ: "UTC" } }],
  ["its shell", { shell: "sh" }],
] as const)("is another command by %s", (_, change) => {
  expect(isSameCommand(command, { ...command, ...change })).toBe(false)
})

it.each([
  ["what it is called", command, { ...command, name: "other" }],
  ["who said so", command, { ...command, source: "detected" }],
  ["the order of its environment", { ...command, env: { A: "1", B: "2" } }, { ...command, env: { B: "2", A: "1" } }],
  ["naming the shell that it has anyway", command, { ...command, shell: "bash" }],
  ["an environment with nothing in it", command, { ...command, env: {} }],
] as const)("is the same whatever %s", (_, one, other) => {
  expect(isSameCommand(one, other)).toBe(true)
})
