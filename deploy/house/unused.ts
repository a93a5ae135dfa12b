/** What is there for no one: packages that are named and not used, and what is exported and used in no other file. */
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

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.match(/[\w$]+/gu))

/** Values, not types: the type of what a function takes or gives has a name for whoever calls it. */
const exported = /^export (?:async )?(?:const|function|class) ([\w$]+)/gmu

/** It has the names of another package, whose exports it stands in for. */
const standsIn = (path: string): boolean => path === "ui/bundle/lean-svelte.ts"

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
  {
    title: "what is exported is used in another file",
    check: (house) => {
      const files = code(house).map(({ path, text }) => ({ path, text, words: wordsOf(text) }))
      const filesWith = new Map<string, number>()
      for (const word of files.flatMap(({ words }) => [...words])) filesWith.set(word, (filesWith.get(word) ?? 0) + 1)
      return files
        .filter(({ path }) => path.endsWith(".ts") && !standsIn(path))
        .flatMap(({ path, text }) => [...text.matchAll(exported)].map(([, name = ""]) => ({ path, name })))
        .filter(({ name }) => filesWith.get(name) === 1)
        .map(({ path, name }) => `${path}: ${name} is used here only`)
    },
  },
]
