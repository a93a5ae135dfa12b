import { expect, it } from "vitest"
import { chooseCpus, cpusIn } from "./choose-cpus.ts"

it("gives consecutive sandboxes different processors, as many as they asked for", () => {
  const turns = [0, 1, 2, 3].map((turn) => chooseCpus(1.5, [0, 1, 2, 3, 8], turn))
  expect(turns).toEqual([
    [0, 1],
    [2, 3],
    [0, 8],
    [1, 2],
  ])
})

it("says nothing when all of them are needed", () => {
  expect(chooseCpus(2, [0, 1], 0)).toBeUndefined()
  expect(chooseCpus(4, [0, 1], 7)).toBeUndefined()
})

it("gives at least one", () => {
  expect(chooseCpus(0.1, [4, 5], 1)).toEqual([5])
})

it.each([
  ["0-3,8", [0, 1, 2, 3, 8]],
  ["5\n", [5]],
  ["", []],
  ["x-y", []],
])("reads the kernel's list %j", (list, expected) => {
  expect(cpusIn(list)).toEqual(expected)
})
