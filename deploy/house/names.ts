import { commentsOf } from "./plain-code.ts"
import { code, matches, type Rule } from "./source-file.ts"

const empty = /^(utils?|helpers?|common|misc|shared|core|types?|impl|managers?)$/
const unfinished = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "not imple" + "mented"].join("|")})\\b`, "g")

const words = (path: string): Array<string> => path.replace(/(\.(test|suite|integration|svelte))*\.(ts|mjs|svelte)$/, "").split("/")

/** The rules of names. */
export const nameRules: ReadonlyArray<Rule> = [
  {
    title: "every name says what is inside",
    check: (house) =>
      code(house)
        .filter(({ path }) => words(path).some((word) => empty.test(word)))
        .map(({ path }) => `${path}: a name that says nothing`),
  },
  {
    title: "file names are PascalCase, PascalCase.variant or kebab-case",
    check: (house) =>
      code(house)
        .filter(({ path }) => !/(^|\/)([A-Z]\w*(\.[a-z][\w-]*)*|[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*)\.(ts|mjs|svelte)$/.test(path))
        .map(({ path }) => `${path}: not a name of this house`),
  },
  {
    title: "what a test sets up is named x-fixture.ts, and a folder of fixtures holds no code",
    check: (house) =>
      house
        .filter(({ path }) => /(\/fixtures\/.*|\.fixture)\.ts$/.test(path) && !path.startsWith("deploy/forge/scenarios/"))
        .map(({ path }) => `${path}: not named x-fixture.ts`),
  },
  {
    title: "no barrels",
    check: (house) => code(house).flatMap((file) => matches(file, /^export \* from .*$/gm, "import from the file itself")),
  },
  {
    title: "nothing is left unfinished",
    check: (house) => code(house).flatMap((file) => matches(commentsOf(file), unfinished, "finish it or leave it out")),
  },
  {
    title: "decisions are numbered",
    check: (house) =>
      house
        .filter(({ path }) => path.startsWith("docs/decisions/") && !/^docs\/decisions\/\d{4}-[a-z0-9-]+\.md$/.test(path))
        .map(({ path }) => `${path}: not NNNN-title.md`),
  },
]
