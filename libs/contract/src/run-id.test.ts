import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { RunId } from "./ids.ts"
import { type Failure, fixBranch, isOurBranch, runIdOf, runOfBranch } from "./run-id.ts"

const failure: Failure = { repository: "acme/widgets", branch: "main", commitSha: "a".repeat(40), cause: "workflow:7", attempt: 1 }

describe("the run of a failure", () => {
  it("has a name that the contract knows and that never changes", () => {
    expect(Schema.is(RunId)(runIdOf(failure))).toBe(true)
    expect(runIdOf(failure)).toBe("run_99394f06cf7eaa3ec6a24e47")
  })

  it("is the same however the repository is capitalised", () => {
    expect(runIdOf({ ...failure, repository: "Acme/Widgets" })).toBe(runIdOf(failure))
  })

  it.each<Partial<Failure>>([
    { repository: "acme/gadgets" },
    { branch: "Main" },
    { commitSha: "b".repeat(40) },
    { cause: "workflow:8" },
    { attempt: 2 },
  ])("is another one when this differs: %o", (change) => {
    expect(runIdOf({ ...failure, ...change })).not.toBe(runIdOf(failure))
  })

  it("keeps neighbouring parts apart", () => {
    expect(runIdOf({ ...failure, branch: "a", cause: "bc" })).not.toBe(runIdOf({ ...failure, branch: "ab", cause: "c" }))
  })
})

describe("a branch of ours", () => {
  it("tells its run", () => {
    expect(runOfBranch(fixBranch(runIdOf(failure)))).toBe(runIdOf(failure))
  })

  it.each(["main", "ci-fix-pilot/run_1", "feature/ci-fix-pilot/run_000000000000000000000000", `ci-fix-pilot/${"run_"}${"G".repeat(24)}`])(
    "is not %s",
    (branch) => {
      expect(runOfBranch(branch)).toBeUndefined()
    },
  )

  it("is anything under our prefix, so that no odd name starts a run", () => {
    expect([isOurBranch("ci-fix-pilot/odd"), isOurBranch("ci-fix-pilot-not/odd")]).toEqual([true, false])
  })
})
