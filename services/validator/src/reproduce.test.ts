import { Effect, Layer } from "effect"
import { describe, expect, it } from "vitest"
import { Dependencies } from "./install/Dependencies.ts"
import { handle } from "./reproduce.ts"
import { commit, parentSha, type Scripted, scriptedWorld } from "./scripted-fixture.ts"
import { commandOf } from "./validator-fixture.ts"

const files = { ".ci-fix-pilot.yml": "commands: [first, second]\n" }
const reproduce = (
  ends: Parameters<typeof scriptedWorld>[1],
  tries = 3,
  project: Record<string, string> = files,
  workflow?: { path: string; text: string },
) => {
  const world = scriptedWorld(project, ends)
  const data = { target: commit, failedJobs: [], tries, ...(workflow === undefined ? {} : { workflow }) }
  const work = handle(commandOf("validator.reproduce", data))
  return {
    answer: () => Effect.runPromise(work.pipe(Effect.provide(world.layer))),
    flipped: () => Effect.runPromise(Effect.flip(work).pipe(Effect.provide(world.layer))),
    runs: world.runs,
  }
}
const declared = { jest: "29", "ts-jest": "29", "@swc/jest": "1", "eslint-plugin-n": "17", "@types/node": "22" }
const red: Scripted = { exitCode: 1, prints: "not ok 1 - adds\n" }

describe("reproducing", () => {
  it("stops at the first red command and does not run the rest", async () => {
    const { answer, runs } = reproduce(({ run }) => (run === "first" ? red : {}))
    expect(await answer()).toMatchObject({
      type: "reproduced",
      data: { reproduction: { failing: { exitCode: 1, command: { run: "first" } } } },
    })
    expect(runs).toEqual(["first"])
  })

  it("tries again when all is green, and reproduces what fails only sometimes", async () => {
    const { answer, runs } = reproduce(({ number }) => (number === 6 ? red : {}))
    expect(await answer()).toMatchObject({ type: "reproduced", data: { reproduction: { failing: { command: { run: "second" } } } } })
    expect(runs.length).toBeGreaterThanOrEqual(6)
  })

  it("calls it not reproduced after as many green tries as it was asked for", async () => {
    for (const tries of [1, 2, 5]) {
      const { answer, runs } = reproduce(() => ({}), tries)
      expect(await answer()).toMatchObject({
        type: "not-reproduced",
        data: { passed: tries, of: tries, plan: [{ run: "first" }, { run: "second" }] },
      })
      expect(runs.length).toBe(2 * tries)
    }
  })

  it.each<[string, Scripted, RegExp]>([
    ["memory", { ended: "memory" }, /more memory/],
    ["disk", { ended: "disk" }, /disk/],
    ["output", { ended: "output" }, /without end/],
    ["a program", { exitCode: 127, prints: "bash: line 2: cargo: command not found\n" }, /missing in the sandbox: cargo/],
    ["the network", { exitCode: 1, prints: "Error: getaddrinfo EAI_AGAIN registry.example\n" }, /network/],
    ["an installed package", { exitCode: 1, prints: "Error: Cannot find module 'jest/bin'\n" }, /jest is declared but not installed/],
    ["a preset", { exitCode: 1, prints: "● Validation Error:\n\n  Preset ts-jest not found.\n" }, /ts-jest is declared but not/],
    ["a transform", { exitCode: 1, prints: "  Module @swc/jest in the transform option was not found.\n" }, /@swc\/jest is declared but/],
    ["a plug-in", { exitCode: 2, prints: `ESLint couldn't find the plugin "eslint-plugin-n".\n` }, /eslint-plugin-n is declared but/],
    ["types", { exitCode: 2, prints: "error TS2688: Cannot find type definition file for 'node'.\n" }, /@types\/node is declared but/],
    [
      "a Go module",
      { exitCode: 1, prints: "app_test.go:6:2: example.com/greet@v1.0.0: module lookup disabled by GOPROXY=off\n" },
      /not fetched beforehand/,
    ],
    ["a newer Go", { exitCode: 1, prints: "go: go.mod requires go >= 1.25 (running go 1.19; GOTOOLCHAIN=local)\n" }, /Go 1.25 or newer/],
    [
      "a crate",
      { exitCode: 101, prints: "error: no matching package named `greet` found\nAs a reminder, you're using offline mode (--offline)\n" },
      /not fetched beforehand/,
    ],
    [
      "a newer Rust",
      { exitCode: 101, prints: "error: package `a v1.0.0` cannot be built because it requires rustc 1.99 or newer\n" },
      /Rust 1.99/,
    ],
    [
      "an installed Python module",
      { exitCode: 1, prints: "ModuleNotFoundError: No module named 'requests'\n" },
      /requests is not installed/,
    ],
  ])("says nothing about the commit when %s is the trouble", async (_, end, why) => {
    const project = { ...files, "package.json": `{ "devDependencies": ${JSON.stringify(declared)} }`, "requirements.txt": "requests==2\n" }
    expect(await reproduce(() => end, 3, project).answer()).toMatchObject({
      type: "not-reproducible",
      data: { why: expect.stringMatching(why) },
    })
  })

  it.each<[string, Scripted]>([
    ["a missing own module", { exitCode: 1, prints: "Error: Cannot find module './gone'\n" }],
    ["a package that nobody declared", { exitCode: 1, prints: "Error: Cannot find module 'left-pad'\n" }],
    ["a Python module that nobody declared", { exitCode: 1, prints: "ModuleNotFoundError: No module named 'shopp'\n" }],
    ["an endless command", { ended: "deadline" }],
  ])("holds %s against the commit", async (_, end) => {
    const answer = await reproduce(() => end).answer()
    expect(answer).toMatchObject({ type: "reproduced", data: { reproduction: { failing: { timedOut: end.ended === "deadline" } } } })
  })

  it("says in the digest that the command never ended", async () => {
    const answer = await reproduce(() => ({ ended: "deadline", prints: "TAP version 13\n" })).answer()
    expect(answer).toMatchObject({ data: { reproduction: { digest: { text: expect.stringContaining("timed out") } } } })
  })

  it("tries again later when the sandbox is away, and never calls that red", async () => {
    expect(await reproduce(() => ({ ended: "away" })).flipped()).toMatchObject({ _tag: "Retry", reason: "It is away. Start it." })
  })

  it("lets no secret out of the log", async () => {
    const secret = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`
    const answer = await reproduce(() => ({ exitCode: 1, prints: `Error: token ${secret} is wrong\n` })).answer()
    expect(JSON.stringify(answer)).not.toContain(secret)
    expect(answer.type).toBe("reproduced")
  })

  describe("without something that could not be installed", () => {
    const missing = "absent@^1 (devDependencies of package.json): the registry does not have it"
    const lacking = (notInstalled: ReadonlyArray<string>) =>
      Layer.succeed(
        Dependencies,
        Dependencies.of({ prepare: () => Effect.succeed([{ key: "k", by: "npm install", notes: [], env: {}, path: [], notInstalled }]) }),
      )
    const answerOf = (ends: Parameters<typeof scriptedWorld>[1], notInstalled: ReadonlyArray<string> = [missing]) => {
      const data = { target: commit, failedJobs: [], tries: 1 }
      const world = scriptedWorld(files, ends, lacking(notInstalled))
      return Effect.runPromise(handle(commandOf("validator.reproduce", data)).pipe(Effect.provide(world.layer)))
    }

    it("names it beside the failure", async () => {
      expect(await answerOf(() => red)).toMatchObject({
        type: "reproduced",
        data: { reproduction: { sandbox: { notInstalled: [missing] } } },
      })
    })

    it("never calls a commit green: the installation may be what failed", async () => {
      expect(await answerOf(() => ({}))).toMatchObject({
        type: "not-reproducible",
        data: { why: expect.stringContaining("may be what failed"), evidence: missing },
      })
    })

    it("names it when the tests miss it", async () => {
      expect(await answerOf(() => ({ exitCode: 127, prints: "sh: 1: absent: not found\n" }))).toMatchObject({
        type: "not-reproducible",
        data: { evidence: expect.stringContaining(`Not installed: ${missing}.`) },
      })
    })

    it.each([
      ["@types/jest@^29 (devDependencies of package.json)", "a.ts(1,1): error TS2582: Cannot find name 'it'. Try `npm i -D @types/jest`."],
      ["@types/koa@2 (devDependencies of package.json)", "error TS7016: Could not find a declaration file for module 'koa'."],
      ["@types/jest@^29 (devDependencies of package.json)", "error TS2688: Cannot find type definition file for 'jest'."],
      ["ts-jest@29 (devDependencies of package.json)", "Preset ts-jest not found."],
      ["babel-plugin-x@1 (devDependencies of package.json)", "Error: Unable to resolve plugin babel-plugin-x/lib"],
      ["pytest-mock >=3 (requirements-dev.txt)", "E   ModuleNotFoundError: No module named 'pytest_mock'"],
    ])("is no failure of the commit where %s is named as missing: %s", async (asked, prints) => {
      expect(await answerOf(() => ({ exitCode: 1, prints: `${prints}\n` }), [`${asked}: the registry does not have it`])).toMatchObject({
        type: "not-reproducible",
        data: { why: expect.stringContaining(asked.split(/ ?>|@[\^\d]/u)[0] ?? "") },
      })
    })

    it.each([
      ["tape@5 (devDependencies of package.json)", "> tape test.js\nnot ok 1 - finds tape\nError: Cannot find module './gone'"],
      ["test@1 (devDependencies of package.json)", "not ok 1 - my-test was not found"],
      ["all that pyproject.toml asks for", "E  assert 1 == 2  # all is not found"],
    ])("may be one of the commit where %s is not named as missing: %s", async (asked, prints) => {
      expect(await answerOf(() => ({ exitCode: 1, prints: `${prints}\n` }), [`${asked}: no`])).toMatchObject({ type: "reproduced" })
    })
  })

  describe("of a guessed plan", () => {
    const guessed = { "package.json": JSON.stringify({ scripts: { test: "npm run lint && npm run unit && npm run types" } }) }

    it("sets aside what was red before the failing command broke", async () => {
      const work = reproduce(
        ({ run, commitSha }) => (run.endsWith("lint") || (run.endsWith("unit") && commitSha !== parentSha) ? red : {}),
        3,
        guessed,
      )
      const answer = await work.answer()
      expect(answer).toMatchObject({
        type: "reproduced",
        data: {
          reproduction: {
            plan: [{ run: "npm run unit" }, { run: "npm run types" }],
            failing: { command: { run: "npm run unit" } },
            setAside: [{ exitCode: 1, command: { run: "npm run lint" } }],
          },
        },
      })
      expect(work.runs.length).toBe(6)
    })

    it("sets aside a step of a workflow that cannot work here, wherever it stands", async () => {
      const workflow = { path: "ci.yml", text: "jobs: { t: { steps: [{ run: ./fetch }, { run: ./test }, { run: ./report }] } }" }
      const ends = ({ run, commitSha }: { run: string; commitSha: string }): Scripted =>
        run === "./test" ? (commitSha === parentSha ? {} : red) : { exitCode: 1, prints: "Error: getaddrinfo EAI_AGAIN example\n" }
      expect(await reproduce(ends, 1, {}, workflow).answer()).toMatchObject({
        type: "reproduced",
        data: {
          reproduction: {
            plan: [{ run: "./test" }],
            failing: { command: { run: "./test" } },
            setAside: [{ command: { run: "./fetch" } }, { command: { run: "./report" } }],
          },
        },
      })
    })

    it("keeps all that broke with the commit", async () => {
      const answer = await reproduce(
        ({ run, commitSha }) => (commitSha !== parentSha && !run.endsWith("types") ? red : {}),
        3,
        guessed,
      ).answer()
      if (answer.type !== "reproduced") throw new Error(answer.type)
      expect(answer.data.reproduction).toMatchObject({ failing: { command: { run: "npm run lint" } }, plan: { length: 3 } })
      expect(answer.data.reproduction).not.toHaveProperty("setAside")
    })

    it("takes the first red command where no ancestor tells them apart", async () => {
      const answer = await reproduce(({ run }) => (run.endsWith("lint") ? {} : red), 3, guessed).answer()
      expect(answer).toMatchObject({
        data: { reproduction: { failing: { command: { run: "npm run unit" } }, plan: { length: 3 } } },
      })
    })
  })
})
