import { importsOf, packageOf } from "./plain-code.ts"
import type { House, Rule } from "./source-file.ts"

const start = "libs/lifecycle/src/evolve.ts"

/** Every file that evolve reaches at run time, itself included. */
const reached = (house: House, path: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> => {
  const file = house.find((one) => one.path === path)
  if (file === undefined || seen.has(path)) return seen
  return importsOf(file)
    .filter(({ from, typeOnly }) => !typeOnly && from.startsWith("./"))
    .reduce<ReadonlySet<string>>(
      (known, { from }) => reached(house, `libs/lifecycle/src/${from.slice(2)}`, known),
      new Set([...seen, path]),
    )
}

/** The dashboard carries evolve: a schema runtime would make it several times as large. */
export const evolveRule: Rule = {
  title: "evolve imports types only",
  check: (house) =>
    house
      .filter(({ path }) => reached(house, start).has(path))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ from, typeOnly }) => !typeOnly && packageOf(from) !== undefined)
          .map(({ from }) => `${file.path}: evolve reaches ${from} at run time`),
      ),
}
