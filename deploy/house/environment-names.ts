/** Which environment variables the product knows, from its text. Pure. */
import { withoutComments } from "./plain-code.ts"
import { code, type House, isTest } from "./source-file.ts"

const everyProcess = ["PATH", "HOME", "TMPDIR"]
const readsConfig = /\bConfig\.[A-Z]\w*\(|\bConfig\.schema\(|\boptionalSecret\(/
const name = /["'`]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|HOME|PATH)["'`]/g
const ours = /["'`](CI_HEALING_[A-Z0-9_]*[A-Z0-9])["'`]/g

const found = (text: string, pattern: RegExp): Array<string> =>
  [...text.matchAll(pattern)].flatMap(([, one]) => (one === undefined ? [] : [one]))

/** What an error is called by, or asked for, as the system's own are. */
const errorCode = /\bcode(?::| ===) ["'`][A-Z_]+["'`]/g

/** A list of names reads none of them. */
const list = "libs/contract/src/configuration.ts"

/** The names that the code reads: texts in capitals where Config is read, and whatever has our prefix, but not the tests' own switches. */
export const namesRead = (house: House): Array<string> =>
  [
    ...new Set(
      code(house)
        .filter(({ path }) => /^(libs|services|deploy)\//.test(path) && !path.startsWith("deploy/house/") && path !== list && !isTest(path))
        .map((file) => withoutComments(file).text.replaceAll(errorCode, ""))
        .flatMap((text) => [...(readsConfig.test(text) ? found(text, name) : []), ...found(text, ours)]),
    ),
  ].filter((one) => !everyProcess.includes(one) && !one.startsWith("CI_HEALING_TEST_"))

/** The names that a configuration file takes from the environment: `${NAME}`, `${NAME:?...}`, `$NAME`, `\getenv x NAME`. */
export const namesUsed = (text: string): Array<string> => [
  ...new Set(found(text.replaceAll(/^\s*(#|--).*$/gm, ""), /(?:\$\{?|\\getenv \w+ )([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g)),
]

/** The names of a `.env` file, commented-out ones included. */
export const catalogued = (text: string): Array<string> => found(text, /^#?([A-Z][A-Z0-9_]*)=/gm)
