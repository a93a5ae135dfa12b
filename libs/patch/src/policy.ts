import type { Finding } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { type ChangedFile, changedFiles } from "./changed-file.ts"
import { dependencyFindings, poisonedSource } from "./dependencies.ts"
import { type FileDiff, linesOf } from "./diff.ts"
import { lookalikeWord } from "./hidden-text.ts"
import { protectedBecause } from "./path-rules.ts"
import { PatchRefused, refuseUnsafe } from "./refuse-unsafe.ts"
import { weakenedTests } from "./weakened-tests.ts"

/** A fix in more files is read by a person before it leaves. How many lines are too many is the installation's to say, and not asked here. */
const MANY_FILES = 10

/** What the policy may look at besides the diff. */
export interface PolicyContext {
  /** A file of the failing commit; nothing if it is not there or not text. */
  readonly read: (path: string) => string | undefined
  /** What the failure said (its digest) and the tests that failed: literals from here must not appear as special cases. */
  readonly failure?: ReadonlyArray<string>
  /** A file of an earlier, green commit, for a patch that restores it: what the code knew then is no special case for today's failure. */
  readonly readGreen?: (path: string) => string | undefined
  /** How many secrets a text holds. */
  readonly countSecrets: (text: string) => number
}

/**
 * The policy on patches, in two steps.
 *
 * *Refused* (fails with {@link PatchRefused}): what is never applied at all, because it has no honest use in a fix. Paths that leave
 * the repository or enter `.git`, symbolic links, submodules, special modes, binary content, hidden characters, anything over the
 * limits, lockfiles that point to a source they did not know.
 *
 * *Found* (the answer): what may be honest, is tried, and then waits for a person's approval. Protected paths, weakened tests, new
 * dependencies, secrets, lookalike letters, executable files, code that fetches and runs, many files. Revert patches are judged by
 * the same rules: bringing back old text can bring back an old hole.
 */
export const judgePatch = Effect.fn("patch.judge")(function* (files: ReadonlyArray<FileDiff>, context: PolicyContext) {
  yield* refuseUnsafe(files)
  const changed = changedFiles(files, context.read)
  for (const file of changed) {
    const source = poisonedSource(file)
    if (source !== undefined)
      return yield* new PatchRefused({ rule: "lockfile", file: file.path, why: `it takes packages from ${source}, which it did not know` })
  }
  return unique([
    ...weakenedTests(changed, context.failure ?? [], context.readGreen),
    ...changed.flatMap(protectedPath),
    ...dependencyFindings(changed),
    ...changed.flatMap((file) => secretIn(file, context.countSecrets)),
    ...changed.flatMap(suspicious),
    ...changed.flatMap(unsafe),
    ...large(files),
  ])
})

const finding = (rule: Finding["rule"], file: string, detail: string): Finding => ({
  rule,
  file: file.slice(0, 500),
  detail: detail.slice(0, 500),
})

const unique = (findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> => {
  const seen = new Map(findings.map((each) => [`${each.rule}\0${each.file}\0${each.detail}`, each]))
  return [...seen.values()]
}

const protectedPath = ({ diff }: ChangedFile): ReadonlyArray<Finding> =>
  [...new Set([diff.oldPath, diff.newPath])].flatMap((path) => {
    const why = protectedBecause(path)
    return why === undefined ? [] : [finding("protected-path", path, `it decides ${why}`)]
  })

const added = (file: ChangedFile): string =>
  linesOf(file.diff, "+")
    .map(({ text }) => text)
    .join("\n")

const secretIn = (file: ChangedFile, count: (text: string) => number): ReadonlyArray<Finding> =>
  count(added(file)) > 0 ? [finding("secret", file.path, "it adds what looks like a secret")] : []

const suspicious = (file: ChangedFile): ReadonlyArray<Finding> => {
  const word = lookalikeWord(`${file.path}\n${added(file)}`)
  const before = linesOf(file.diff, "-")
    .map(({ text }) => text)
    .join("\n")
  return word === undefined || before.includes(word)
    ? []
    : [finding("suspicious-text", file.path, `${word} mixes letters of different scripts that look alike`)]
}

/** Code that runs what it fetches or hides; rare in honest fixes. */
const RUNS_FETCHED: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(?:curl|wget|iwr|Invoke-WebRequest)\b[^\n]{0,300}(?:\||&&|;)\s*(?:sudo\s+)?(?:ba|z|da)?sh\b/, "it runs what it downloads"],
  [
    /\bbase64\s+(?:-d|--decode|-D)\b[^\n]{0,100}\|\s*(?:ba|z|da)?sh\b|\beval\s*\(\s*(?:atob|Buffer\.from|unescape|require\("zlib)|exec\s*\(\s*(?:base64|codecs|zlib)\./,
    "it runs what it decodes",
  ],
  [/169\.254\.169\.254|metadata\.google\.internal|\/var\/run\/docker\.sock/, "it reaches for the machine it runs on"],
]

const unsafe = (file: ChangedFile): ReadonlyArray<Finding> => {
  const text = added(file)
  const runs = RUNS_FETCHED.flatMap(([pattern, why]) => (pattern.test(text) ? [finding("unsafe-patch", file.path, why)] : []))
  const executable = file.diff.newMode === "100755" && file.diff.oldMode !== "100755"
  const modes = file.diff.oldMode !== undefined && file.diff.newMode !== undefined && file.diff.oldMode !== file.diff.newMode
  if (!executable && !modes) return runs
  return [...runs, finding("unsafe-patch", file.path, executable ? "it becomes executable" : "its mode changes")]
}

const large = (files: ReadonlyArray<FileDiff>): ReadonlyArray<Finding> =>
  files.length <= MANY_FILES ? [] : [finding("large-diff", files[0]?.newPath ?? "", `${files.length} files`)]
