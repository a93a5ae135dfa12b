import { Effect, Layer } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { Dependencies, InstallImpossible } from "./install/Dependencies.ts"
import { handle } from "./reproduce.ts"
import { commandOf, makeWorld, noDependencies } from "./validator-fixture.ts"
import { makeRepository, type RepositoryFixture } from "./workspace/repository-fixture.ts"

let repository: RepositoryFixture
let world: ReturnType<typeof makeWorld>
const useWorld = (settings: Record<string, string> = {}, dependencies = noDependencies) => {
  world?.remove()
  world = makeWorld(repository.mirrorUrl, settings, dependencies)
}
beforeEach(() => {
  repository = makeRepository("acme/shop")
  useWorld()
})
afterEach(() => {
  repository.remove()
  world.remove()
})

const test = (expected: number) => `import assert from "node:assert/strict"
import { test } from "node:test"
test("adds", () => assert.equal(1 + 1, ${expected}))
`
const project = (expected: number) => ({
  "package.json": `{ "name": "shop", "type": "module", "scripts": { "test": "node --test" } }\n`,
  "test/add.test.js": test(expected),
})
const reproduce = (
  commitSha: string,
  extra: { workflow?: string; failedJobs?: Array<{ name: string; steps: Array<string> }>; tries?: number } = {},
) => {
  const data = {
    target: repository.at(commitSha),
    failedJobs: extra.failedJobs ?? [],
    tries: extra.tries ?? 3,
    ...(extra.workflow === undefined ? {} : { workflow: { path: ".github/workflows/ci.yml", text: extra.workflow } }),
  }
  return Effect.runPromise(handle(commandOf("validator.reproduce", data)).pipe(Effect.provide(world.everything)))
}

describe("reproducing a failure", () => {
  it("sees it again and says what failed, with a digest, a signature and where", async () => {
    const commit = repository.commit(project(3))
    const answer = await reproduce(commit)
    expect(answer).toMatchObject({
      type: "reproduced",
      data: {
        reproduction: {
          plan: [{ run: "npm test", source: "detected" }],
          failing: { exitCode: 1, timedOut: false, command: { run: "npm test" } },
          signature: expect.stringMatching(/^[0-9a-f]{16}$/),
          digest: { text: expect.stringContaining("adds"), object: { key: expect.stringContaining("logs/run_") } },
          sandbox: { kind: "bubblewrap" },
        },
      },
    })
    const again = await reproduce(commit)
    const signatures = [answer, again].map((one) => (one.type === "reproduced" ? one.data.reproduction.signature : "none"))
    expect(signatures[0]).toBe(signatures[1])
  })

  it("runs the steps of the failed job of the workflow, as far as the first that is red", async () => {
    const commit = repository.commit({
      ...project(2),
      "check.sh": '#!/bin/sh\n[ "$MODE" = strict ] && [ "$(pwd)" = /workspace/tools ] && exit 3\n',
      "tools/x": "",
    })
    const workflow = `
on: push
jobs:
  build:
    name: Build on \${{ matrix.node }}
    runs-on: ubuntu-latest
    strategy: { matrix: { node: [20, 22] } }
    env: { MODE: strict }
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - run: npm test
      - name: Check
        working-directory: tools
        run: |
          echo "node=\${{ matrix.node }}" >> "$GITHUB_OUTPUT"
          ../check.sh
`
    expect(await reproduce(commit, { workflow, failedJobs: [{ name: "Build on 22", steps: ["Check"] }] })).toMatchObject({
      type: "reproduced",
      data: {
        reproduction: {
          plan: [{ name: "Run npm test" }, { name: "Check", cwd: "tools", source: "workflow" }],
          failing: { exitCode: 3, command: { name: "Check" } },
        },
      },
    })
  })

  it("calls it flaky when all tries are green", async () => {
    const commit = repository.commit(project(2))
    expect(await reproduce(commit, { tries: 3 })).toMatchObject({ type: "not-reproduced", data: { passed: 3, of: 3 } })
  })

  it.each([
    ["a program is missing", { ".ci-fix-pilot.yml": "commands:\n  - no-such-program test\n" }, /no-such-program/],
    [
      "the network is needed",
      {
        ".ci-fix-pilot.yml": `commands:\n  - node -e "fetch('http://example.com').catch((e) => { console.error(e.cause); process.exit(1) })"\n`,
      },
      /network/,
    ],
    [
      "a declared dependency is not installed",
      {
        ...project(2),
        "package.json": `{ "type": "module", "scripts": { "test": "node --test" }, "dependencies": { "left-pad": "1" } }\n`,
        "test/add.test.js": `import "left-pad"\n`,
      },
      /left-pad/,
    ],
    ["nothing says how to test it", { "README.md": "words\n" }, /\.ci-fix-pilot\.yml/],
    ["its configuration is wrong", { ".ci-fix-pilot.yml": "commands: 7\n" }, /\.ci-fix-pilot\.yml/],
  ])("says so when %s", async (_, files, why) => {
    const commit = repository.commit(files)
    expect(await reproduce(commit)).toMatchObject({ type: "not-reproducible", data: { why: expect.stringMatching(why) } })
  })

  it("does not take a missing file of the project itself for missing surroundings", async () => {
    const commit = repository.commit({ ...project(2), "test/add.test.js": `import "../src/gone.js"\n` })
    expect((await reproduce(commit)).type).toBe("reproduced")
  })

  it("says so when the commit is gone or its dependencies cannot be installed", async () => {
    repository.commit(project(2))
    expect(await reproduce("0123456789012345678901234567890123456789")).toMatchObject({ type: "not-reproducible" })
    const impossible = new InstallImpossible({ reason: "npm ci ended with 1.", evidence: "ERESOLVE" })
    useWorld({}, Layer.succeed(Dependencies, Dependencies.of({ prepare: () => Effect.fail(impossible) })))
    const answer = await reproduce(repository.git("rev-parse", "HEAD"))
    expect(answer).toMatchObject({ type: "not-reproducible", data: { why: "npm ci ended with 1.", evidence: "ERESOLVE" } })
  })

  it("lets the operator's command win", async () => {
    useWorld({ CI_HEALING_CONTAINER_VALIDATE_COMMAND: "exit 4" })
    const commit = repository.commit(project(2))
    expect(await reproduce(commit)).toMatchObject({
      type: "reproduced",
      data: { reproduction: { failing: { exitCode: 4, command: { source: "override" } } } },
    })
  })

  it("tries again later when the mirror or the sandbox is away", async () => {
    const commit = repository.commit(project(2))
    for (const settings of [{ CI_HEALING_MIRROR_URL: "http://127.0.0.1:9/git" }, { CI_HEALING_SANDBOX_BUBBLEWRAP: "/nonexistent/bwrap" }]) {
      useWorld(settings)
      const data = { target: repository.at(commit), failedJobs: [], tries: 1 }
      const work = Effect.flip(handle(commandOf("validator.reproduce", data))).pipe(Effect.provide(world.everything))
      expect(await Effect.runPromise(work)).toMatchObject({ _tag: "Retry" })
    }
  })

  it("leaves no view, mount or process behind when it is interrupted", async () => {
    const commit = repository.commit({ ".ci-fix-pilot.yml": "commands:\n  - sleep 4242\n" })
    const data = { target: repository.at(commit), failedJobs: [], tries: 1 }
    const work = handle(commandOf("validator.reproduce", data)).pipe(Effect.timeoutOption("2 seconds"), Effect.provide(world.everything))
    expect(await Effect.runPromise(work)).toMatchObject({ _tag: "None" })
    const { stdout } = Bun.spawnSync([
      "sh",
      "-c",
      `grep -c ${world.directory} /proc/self/mountinfo; ls ${world.directory}/0/views | wc -l; pgrep -fc '^sleep 4242$'`,
    ])
    expect(stdout.toString().trim().split("\n")).toEqual(["0", "0", "0"])
  })
})
