import { code, type House, type Rule } from "./source-file.ts"

/** Lines that a file may have. Half of the house stays far below it. */
export const longest = 250

const longestMain = 20

const lines = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0)

const belowImports = (text: string): string => text.replaceAll(/^import [^"]*"[^"]*"\n+/gm, "")

/** The median length of the hand-written files, in lines. */
export const medianLength = (house: House): number => {
  const lengths = code(house)
    .map(({ text }) => lines(text))
    .sort((a, b) => a - b)
  return lengths[Math.floor(lengths.length / 2)] ?? 0
}

/** The rules of size. */
export const sizeRules: ReadonlyArray<Rule> = [
  {
    title: `no file is longer than ${longest} lines`,
    check: (house) =>
      code(house)
        .filter(({ text }) => lines(text) > longest)
        .map(({ path, text }) => `${path}: ${lines(text)} lines`),
  },
  {
    title: `a service's main is, below its imports, a list of at most ${longestMain} lines`,
    check: (house) =>
      house
        .filter(({ path, text }) => /^services\/[^/]+\/src\/main\.ts$/.test(path) && lines(belowImports(text)) > longestMain)
        .map(({ path, text }) => `${path}: ${lines(belowImports(text))} lines`),
  },
]
