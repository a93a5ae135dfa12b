/** A tracked file: its path from the root, and its text. Rules are pure functions over all of them. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

export type House = ReadonlyArray<SourceFile>

/** One rule of the house. `check` returns one line per violation, each beginning with the path. */
export interface Rule {
  readonly title: string
  readonly check: (house: House) => Array<string>
}

const generated = /(^|\/)(forge\/scenarios\/[^/]+|dist|fixtures|generated)\//

/** Hand-written code: TypeScript, Svelte, JavaScript modules; no scenario projects, nothing generated. */
export const code = (house: House): Array<SourceFile> =>
  house.filter(({ path }) => /\.(ts|mjs|svelte)$/.test(path) && !generated.test(path))

/** Tests, the contract suites that they run, and what they set up. */
export const isTest = (path: string): boolean => /(\.(test|suite)|-fixture)\.ts$/.test(path) || path.startsWith("ui/e2e/")

/** Code that the product runs: the packages and the dashboard, without their tests, without what finds and starts programs of the machine, and without the testkit. */
export const product = (house: House): Array<SourceFile> =>
  code(house).filter(({ path }) => /^(libs|services|ui)\//.test(path) && !/^libs\/(testkit|machine)\//.test(path) && !isTest(path))

/** One line per match: path, line number, the text found. */
export const matches = ({ path, text }: SourceFile, pattern: RegExp, why: string): Array<string> =>
  [...text.matchAll(pattern)].map((found) => {
    const line = text.slice(0, found.index).split("\n").length
    return `${path}:${line}: ${why}: ${found[0].trim()}`
  })
