import type { ChangedFile } from "./changed-file.ts"

/** One test as its file has it, or what stands outside of tests (its name is empty). */
export interface TestFacts {
  readonly name: string
  /** `skip`, `only`, `todo`, `fails`, `retry`: what makes it count for less, or others not at all. */
  readonly modifiers: ReadonlyArray<string>
  readonly assertions: ReadonlyArray<Assertion>
  /** Time limits in milliseconds or in whatever the tool counts; 0 is none. */
  readonly timeouts: ReadonlyArray<number>
}

/** `text` is without white space, so that formatting does not matter. `guarded`: behind a condition, a catch or a return. */
export interface Assertion {
  readonly text: string
  readonly guarded: boolean
}

/** What a file says about tests. */
export interface FileFacts {
  readonly tests: ReadonlyArray<TestFacts>
  /** Replacements of real code: mocks, stubs, patches. */
  readonly mocks: ReadonlyArray<string>
  /** Literal values outside of assertions: what tests feed into the code. */
  readonly data: ReadonlyArray<string>
}

/** Code without white space and with one kind of quotes and no trailing commas. */
export const squeezed = (code: string): string =>
  code
    .replace(/\s+/g, "")
    .replace(/["`]/g, "'")
    .replace(/,(?=[)\]}])/g, "")
    .replace(/;$/, "")

/** What became weaker from one text of a test file to the next, in words. */
const comparedFacts = (before: FileFacts, after: FileFacts): ReadonlyArray<string> => {
  const left = new Map(named(after))
  const gone: Array<readonly [string, TestFacts]> = []
  const found: Array<string> = []
  for (const [name, test] of named(before)) {
    const same = left.get(name)
    if (same === undefined) gone.push([name, test])
    else found.push(...comparedTests(test, same))
    left.delete(name)
  }
  for (const [, test] of gone) {
    const renamed = [...left].find(([, other]) => test.assertions.length > 0 && lost(test, other).length === 0)
    if (renamed === undefined) found.push(test.name === "" ? "checks outside of tests go" : `the test ${quote(test.name)} goes`)
    else found.push(...comparedTests(test, renamed[1]))
    if (renamed !== undefined) left.delete(renamed[0])
  }
  for (const [, test] of left) if (test.modifiers.includes("only")) found.push(`only ${quote(test.name)} would run`)
  const mocks = without(after.mocks, before.mocks)
  const values = found.length > 0 ? [] : without(before.data, after.data).slice(0, 5)
  return [
    ...found,
    ...mocks.map((mock) => `it replaces real code: ${quote(mock)}`),
    ...values.map((value) => `its tests no longer use the value ${quote(value)}`),
  ]
}

const comparedTests = (before: TestFacts, after: TestFacts): ReadonlyArray<string> => {
  const name = before.name === "" ? "the file" : quote(before.name)
  const modifiers = without(after.modifiers, before.modifiers).map((modifier) => `${name} is now marked ${modifier}`)
  const missing = lost(before, after).map((assertion) => `${name} no longer checks ${quote(assertion)}`)
  const guarded = (test: TestFacts) => test.assertions.filter((assertion) => assertion.guarded).map((assertion) => assertion.text)
  const behind = without(guarded(after), guarded(before)).filter((text) => before.assertions.some((assertion) => assertion.text === text))
  const most = (test: TestFacts) => Math.max(-1, ...test.timeouts.map((value) => (value === 0 ? Number.POSITIVE_INFINITY : value)))
  const slower =
    most(after) > most(before)
      ? [`${name} may take longer: ${most(after)} instead of ${most(before) === -1 ? "the default" : most(before)}`]
      : []
  return [...modifiers, ...missing, ...behind.map((text) => `${name} checks ${quote(text)} only under a condition`), ...slower]
}

const lost = (before: TestFacts, after: TestFacts): ReadonlyArray<string> =>
  without(
    before.assertions.map((assertion) => assertion.text),
    after.assertions.map((assertion) => assertion.text),
  )

/** Tests by name; those of the same name are told apart by their order. */
const named = (facts: FileFacts): ReadonlyArray<readonly [string, TestFacts]> => {
  const seen = new Map<string, number>()
  return facts.tests.map((test) => {
    const count = (seen.get(test.name) ?? 0) + 1
    seen.set(test.name, count)
    return [`${test.name}\0${count}`, test]
  })
}

/** The members of one list that the other lacks, counting repetitions. */
export const without = (list: ReadonlyArray<string>, other: ReadonlyArray<string>): ReadonlyArray<string> => {
  const left = new Map<string, number>()
  for (const member of other) left.set(member, (left.get(member) ?? 0) + 1)
  return list.filter((member) => {
    const count = left.get(member) ?? 0
    left.set(member, count - 1)
    return count <= 0
  })
}

const quote = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text)

/** Reads the facts of a text; nothing if it cannot be read as code of its language. */
export type ReadFacts = (path: string, text: string) => FileFacts | undefined

/** Longer files are not compared (characters). */
const LONGEST = 2_000_000

/** What became weaker in one file's tests. */
export const weakerFacts = (file: ChangedFile, reader: ReadFacts): ReadonlyArray<string> => {
  const none: FileFacts = { tests: [], mocks: [], data: [] }
  const read = (path: string, text: string) => (text.length > LONGEST ? undefined : reader(path, text))
  const before = file.before === undefined ? none : read(file.diff.oldPath, file.before)
  const after = file.after === undefined ? none : read(file.path, file.after)
  const unread = before === undefined || after === undefined ? ["its tests cannot be read as code"] : []
  return [...unread, ...comparedFacts(before ?? none, after ?? none)]
}
