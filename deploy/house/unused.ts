/** What is there for nobody: packages that are named and not used. */
import { dirname } from "node:path"
import { manifests } from "./edges.ts"
import { code, type House, type Rule } from "./source-file.ts"

/** Used by their names on a command line, or by another tool. */
const tools = /^(svelte-check|typescript)$/

const textOf = (house: House, folder: string): string =>
  code(house)
    .filter(({ path }) => path.startsWith(`${folder}/`))
    .map(({ text }) => text)
    .join("\n")

const isNamedIn = (text: string, name: string): boolean => ['"', "/"].some((end) => text.includes(`"${name.replace("@types/", "")}${end}`))

/** The rules of what is unused. The root's packages are the tools of all. */
export const unusedRules: ReadonlyArray<Rule> = [
  {
    title: "a package.json names only packages that its code imports",
    check: (house) =>
      manifests(house)
        .filter(({ path }) => path.includes("/"))
        .flatMap(({ path, dependencies, devDependencies }) => {
          const text = textOf(house, dirname(path))
          return Object.keys({ ...dependencies, ...devDependencies })
            .filter((name) => !tools.test(name) && !isNamedIn(text, name))
            .map((name) => `${path}: ${name} is not used`)
        }),
  },
]
