import { plainCode } from "./plain-code.ts"
import { code, isTest, matches, type Rule } from "./source-file.ts"

const focusedOrSkipped =
  /\b(it|test|describe|suite)(\.[a-z]\w*)*\.(skip|only|todo|skipIf|runIf|fails)\b|\b(xit|fit|xdescribe|fdescribe)\(|\.skip\(/g
const replaced = /\b(vi|jest|mock)\.(mock|doMock|module)\(/g
const asleep = /\bBun\.sleep\(|\bwaitForTimeout\(|\bsetTimeout\(\s*(resolve|done|r)\b/g

/** The rules of tests. */
export const testRules: ReadonlyArray<Rule> = [
  {
    title: "no test is skipped or focused",
    check: (house) =>
      code(house)
        .filter(({ path }) => isTest(path))
        .flatMap((file) => matches(plainCode(file), focusedOrSkipped, "runs always or not at all")),
  },
  {
    title: "no test replaces a module",
    check: (house) =>
      code(house)
        .filter(({ path }) => isTest(path))
        .flatMap((file) => matches(plainCode(file), replaced, "give it a layer instead")),
  },
  {
    title: "no unit test sleeps",
    check: (house) =>
      code(house)
        .filter(({ path }) => /\.test\.ts$/.test(path) && !/\.integration\.test\.ts$/.test(path) && !/^deploy\/(e2e|chaos)\//.test(path))
        .flatMap((file) => matches(plainCode(file), asleep, "wait for what happens, or use TestClock")),
  },
]
