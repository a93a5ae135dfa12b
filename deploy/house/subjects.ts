import { withoutComments } from "./plain-code.ts"
import { code, isTest, matches, type Rule } from "./source-file.ts"

const spelled = /["'`](?:(?:cmd|evt|ask)\.[a-z*>$]|run\.[*>$])[^"'`]*["'`]/g

/** One file spells subjects; everyone else asks it. Tests may say what they expect to see. */
export const subjectRule: Rule = {
  title: "subjects are spelled in subjects.ts only",
  check: (house) =>
    code(house)
      .filter(({ path }) => path !== "libs/contract/src/subjects.ts" && !isTest(path))
      .flatMap((file) => matches(withoutComments(file), spelled, "ask subjects.ts")),
}
