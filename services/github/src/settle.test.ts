import { Retry, Terminal } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { Conflict, Forbidden, Garbled, type GitHubError, NotFound, RateLimited, Unauthorized, Unclear } from "./GitHub.ts"
import { settle } from "./settle.ts"

const settled = (error: GitHubError | Retry | Terminal, id = "c1#1") => Effect.runPromise(Effect.flip(settle(id)(Effect.fail(error))))
const [what, why] = ["GET /x", "because"]

describe("an error that no handler answered", () => {
  it("of a limit is a retry that does not count, after the time told", async () => {
    expect(await settled(new RateLimited({ afterMs: 7_000, why }))).toMatchObject({ _tag: "Retry", afterMs: 7_000, uncounted: true })
  })

  it("of which nobody knows what happened is a retry that counts", async () => {
    const error = await settled(new Unclear({ what, why }))
    expect(error).toMatchObject({ _tag: "Retry", afterMs: expect.any(Number) })
    expect("uncounted" in error).toBe(false)
  })

  it.each([
    new NotFound({ what }),
    new Unauthorized({ what, why }),
    new Forbidden({ what, why }),
    new Conflict({ what, why }),
    new Garbled({ what, why }),
  ])("is for good and says why: $_tag", async (error) => {
    expect(await settled(error)).toMatchObject({
      _tag: "Terminal",
      reason: expect.stringContaining(error._tag === "NotFound" ? what : why),
    })
  })

  it("that is an outcome already stays as it is", async () => {
    const retry = new Retry({ reason: "the lease is busy", uncounted: true })
    const terminal = new Terminal({ reason: "no" })
    expect(await settled(retry)).toBe(retry)
    expect(await settled(terminal)).toBe(terminal)
  })
})
