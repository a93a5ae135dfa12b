/** The validator's three commands one after the other, as a run sends them; by two services at the same time that share a directory. */
import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { handle as isolate } from "./isolate-culprit.ts"
import { handle as reproduce } from "./reproduce.ts"
import { handle as validate } from "./validate-fix.ts"
import { commandOf, makeWorld } from "./validator-fixture.ts"
import { makeRepository, type RepositoryFixture } from "./workspace/repository-fixture.ts"

let repository: RepositoryFixture
let worlds: ReadonlyArray<ReturnType<typeof makeWorld>> = []
beforeEach(() => {
  repository = makeRepository("acme/shapes")
})
afterEach(() => {
  repository.remove()
  for (const world of worlds) world.remove()
})

const area = (operator: string, words: string) => `def area(width, height):
    """The area of a rectangle."""
    return width ${operator} height


def double(number):
    return number + number


def half(number):
    # ${words}
    return number / 2
`
const test = `import unittest

from shapes import area, half


class Shapes(unittest.TestCase):
    def test_area(self):
        self.assertEqual(area(3, 4), 12)

    def test_half(self):
        self.assertEqual(half(4), 2)
`

const heal = (world: ReturnType<typeof makeWorld>, good: string, bad: string) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const target = repository.at(bad)
      const reproduced = yield* reproduce(commandOf("validator.reproduce", { target, failedJobs: [], tries: 2 }))
      if (reproduced.type !== "reproduced") return { reproduced }
      const { plan, failing } = reproduced.data.reproduction
      const proposed = yield* isolate(commandOf("validator.isolate-culprit", { target, plan, failing, lastGreenCommit: good, maxRuns: 40 }))
      if (proposed.type !== "fix-proposed") return { reproduced, proposed }
      const { patch, strategy } = proposed.data.proposal
      const proven = yield* validate(commandOf("validator.validate-fix", { target, patch, strategy, before: failing, plan }))
      return { reproduced, proposed, proven }
    }).pipe(Effect.provide(world.everything)),
  )

describe.each(["bubblewrap", "docker"])("a failure of a Python project in %s", (kind) => {
  it("is reproduced, its culprit found and the fix proven, whoever else works there", async () => {
    const good = repository.commit({ "shapes.py": area("*", "Old words."), "test_shapes.py": test })
    const bad = repository.commit({ "shapes.py": area("+", "New words."), "README.md": "# Shapes\n" })
    const first = makeWorld(repository.mirrorUrl, { CI_HEALING_SANDBOX: kind })
    worlds = [first, makeWorld(repository.mirrorUrl, { CI_HEALING_SANDBOX: kind, CI_HEALING_WORKSPACE_DIR: first.directory })]
    const healed = await Promise.all(worlds.map((world) => heal(world, good, bad)))

    repository.git("checkout", "--quiet", bad)
    repository.commit({ "shapes.py": area("+", "New words.").replace("width + height", "width * height") })
    const treeSha = repository.git("rev-parse", "HEAD^{tree}")
    for (const { proposed, proven } of healed) {
      expect(proposed).toMatchObject({
        type: "fix-proposed",
        data: { proposal: { patch: { files: ["shapes.py"] }, culprit: { reverted: 1 } } },
      })
      expect(proven).toMatchObject({
        type: "fix-validated",
        data: { proof: { treeSha, sandbox: { kind }, before: { exitCode: 1 }, after: [{ exitCode: 0 }] } },
      })
    }
  })
})
