/** What code may not reach for: the environment, the clock, casts. */
import { plainCode } from "./plain-code.ts"
import { type House, isTest, matches, product, type Rule, type SourceFile } from "./source-file.ts"

/** `PascalCase.variant.ts`: a layer over something outside, where a cast may be the only way in. */
const isAdapter = (path: string): boolean => /(^|\/)[A-Z]\w*\.[a-z][\w-]*\.ts$/.test(path)

const pure = /^libs\/(lifecycle|contract)\/src\/|\/(decide|react|strategy|policy|evolve)\.ts$/

const over = (files: (house: House) => Array<SourceFile>, pattern: RegExp, why: string) => (house: House) =>
  files(house).flatMap((file) => matches(plainCode(file), pattern, why))

/** Where messages get their types: what the schema of a message's own type has just decoded cannot be told to the compiler otherwise. */
const isBoundary = (path: string): boolean => path === "libs/contract/src/envelope.ts"

const outsideAdapters = (house: House) => product(house).filter(({ path }) => !isAdapter(path) && !isBoundary(path))
const pureFiles = (house: House) => product(house).filter(({ path }) => pure.test(path))
const services = (house: House) =>
  house.filter(({ path }) => /^(libs|services)\/.*\.ts$/.test(path) && !isTest(path) && !/^libs\/(testkit|machine)\//.test(path))

/** The rules of purity. */
export const purityRules: ReadonlyArray<Rule> = [
  {
    title: "the environment is read with Config",
    check: over(services, /\b(process|Bun|import\.meta)\s*\.\s*env\b/g, "read it with Config"),
  },
  {
    title: "no cast outside adapters",
    check: over(outsideAdapters, /(?<=[\w)\]}">]\s+)as\s+(?!const\b)[\w({["]+|(?<![\w$])<any>|:\s*any\b/g, "no cast here"),
  },
  {
    title: "no non-null assertion outside adapters",
    check: over(outsideAdapters, /(?<=[\w)\]])!(?=[.;,)\]\s}[]|$)(?!\s*=)/gm, "no assertion here"),
  },
  {
    title: "rules do not read the clock or throw dice",
    check: over(
      pureFiles,
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b/g,
      "decisions take time and chance as facts",
    ),
  },
]
