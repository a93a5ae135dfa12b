/** Small files that break each rule exactly once, and files that look alike and keep it. */
import { edgePlants } from "./edge-plants.suite.ts"
import { file, inAi, inPlanner, manifest, type Plant } from "./plant-fixture.ts"

const long = (path: string, count: number) => file(path, ...Array.from({ length: count }, (_, n) => `const a${n} = ${n}`))
const join = (...parts: ReadonlyArray<string>) => parts.join("")

const rule = "libs/lifecycle/src/decide.ts"
const unit = "libs/patch/src/parse.test.ts"

export const plants: Readonly<Record<string, Plant>> = {
  ...edgePlants,
  "what the dashboard carries of the libraries needs no other package": {
    broken: [
      [
        file("ui/src/App.svelte", "<script>", `import { evolve } from "@ci-fix-pilot/lifecycle/run"`, "</script>"),
        file("libs/lifecycle/src/run.ts", `import { opened } from "./opened.ts"`),
        file("libs/lifecycle/src/opened.ts", `import { Schema } from "effect"`),
      ],
      [file("ui/src/api.ts", `import { RunId } from "@ci-fix-pilot/contract/ids"`), file("libs/contract/src/ids.ts", `import "effect"`)],
    ],
    kept: [
      file("ui/src/api.ts", `import type { RunId } from "@ci-fix-pilot/contract/ids"`),
      file("libs/contract/src/ids.ts", `import { Schema } from "effect"`),
    ],
  },
  "of the rules of a run the dashboard knows the fold only": {
    broken: [file("ui/src/App.svelte", "<script>", `import { policy } from "@ci-fix-pilot/lifecycle/policy"`, "</script>")],
    kept: [file("ui/src/App.svelte", "<script>", `import { evolve } from "@ci-fix-pilot/lifecycle/run"`, "</script>")],
  },
  "a vendor package appears in its adapter only": {
    broken: [file(inAi, `import Anthropic from "@anthropic-ai/sdk"`), file(inPlanner, `import postgres from "postgres"`)],
    kept: [
      file("services/ai/src/Model.anthropic.ts", `import Anthropic from "@anthropic-ai/sdk"`),
      file("libs/actor/src/nats-streams.ts", `import { jetstream } from "@nats-io/jetstream"`),
    ],
  },
  "a vendor package without a family appears in one file of a package": {
    broken: [
      ["read-workflow.ts", "plan-commands.ts"].map((name) => file(`services/validator/src/${name}`, `import { parse } from "yaml"`)),
    ],
    kept: [file("services/validator/src/plan/plan-commands.ts", `import { parse } from "yaml"`)],
  },
  "a package.json names only packages that its code imports": {
    broken: [
      [manifest("services/ai/package.json", { openai: "7.57.0" }), file("services/memory/src/Embeddings.openai.ts", `import "openai"`)],
      [manifest("libs/patch/package.json", {}, { "fast-check": "4.9.0" }), file("libs/patch/src/parse.ts", `import "fast-check-more"`)],
    ],
    kept: [
      [manifest("services/ai/package.json", { openai: "7.57.0" }), file("services/ai/src/Model.openai.ts", `import OpenAI from "openai"`)],
      [
        manifest("libs/sql/package.json", { pg: "9.0.0" }, { "@types/pg": "9.0.0" }),
        file("libs/sql/src/Sql.ts", `await import("pg/pool")`),
      ],
    ],
  },
  "what is exported is used in another file": {
    broken: [
      [file("libs/patch/src/parse.ts", "export const parse = 1", "export interface Parsed {}"), file("libs/patch/src/print.ts", "parsed")],
    ],
    kept: [
      [file("libs/patch/src/parse.ts", "export const parse = 1"), file("libs/patch/src/print.ts", `import { parse } from "./parse.ts"`)],
    ],
  },
  "versions are exact": {
    broken: [manifest("services/ai/package.json", { openai: "^7.57.0" })],
    kept: [manifest("services/ai/package.json", { openai: "7.57.0", "@ci-fix-pilot/contract": "workspace:*" })],
  },
  "what a test sets up is named x-fixture.ts, and a folder of fixtures holds no code": {
    broken: [file("services/ai/src/world.fixture.ts"), file("services/ai/src/fixtures/world.ts")],
    kept: [file("services/ai/src/world-fixture.ts"), file("services/ai/src/fixtures/log.txt")],
  },
  "no file is longer than 250 lines": {
    broken: [long("libs/patch/src/parse.ts", 251)],
    kept: [long("libs/patch/src/parse.ts", 250), long("bun.lock", 900)],
  },
  "a service's main is, below its imports, a list of at most 20 lines": {
    broken: [long("services/ai/src/main.ts", 21)],
    kept: [{ path: "services/ai/src/main.ts", text: `import { x } from "./x.ts"\n\n${long("", 20).text}` }],
  },
  "every name says what is inside": {
    broken: [file("libs/patch/src/utils.ts"), file("services/ai/src/helpers/prompt.ts"), file("libs/sql/src/types.test.ts")],
    kept: [file("libs/patch/src/common-prefix.ts")],
  },
  "file names are PascalCase, PascalCase.variant or kebab-case": {
    broken: [file("libs/patch/src/parseDiff.ts"), file("libs/patch/src/parse_diff.ts")],
    kept: [file("libs/actor/src/Bus.nats.ts"), file("libs/patch/src/parse-diff.integration.test.ts"), file("deploy/vite.config.ts")],
  },
  "no barrels": {
    broken: [file("libs/patch/src/all.ts", `export * from "./parse.ts"`)],
    kept: [file("libs/patch/src/all.ts", `export const all = 1`)],
  },
  "nothing is left unfinished": {
    broken: [file(inAi, `// ${join("TO", "DO")}: later`)],
    kept: [file(inAi, "// what is to do next", `const mark = /not ok.*# (?:${join("TO", "DO")}|SKIP)/`)],
  },
  "decisions are numbered": { broken: [file("docs/decisions/why-nats.md")], kept: [file("docs/decisions/0001-why-nats.md")] },
  "the environment is read with Config": {
    broken: [file(inAi, `const key = process.env.KEY`), file(inAi, `const key = Bun.env["KEY"]`)],
    kept: [file(inAi, `// process.env is banned`, `const why = "process.env"`), file("deploy/demo.ts", `const ci = Bun.env["CI"]`)],
  },
  "no cast outside adapters": {
    broken: [
      file(inAi, `const a = b as string`),
      file(inAi, `const a = (b) as unknown`),
      file(inAi, `const f = (a: any) => a`),
      file("ui/src/Page.svelte", `{#each rows as row}{row as string}{/each}`),
    ],
    kept: [
      file(
        inAi,
        `import * as X from "effect"`,
        `import { a as b } from "effect"`,
        `const c = ["x"] as const`,
        `const d = "seen as text" // as text`,
      ),
      file("ui/src/Runs.svelte", "<p>known as the list</p>", "{#each runs as { runId }, n (runId)}", "{runId}", "{/each}"),
      file("services/ai/src/Model.openai.ts", `const a = b as string`),
      file("ui/src/Page.svelte", `{#each [{ n: 1 }] as row (row.n)}{row.n}{/each}`),
    ],
  },
  "no non-null assertion outside adapters": {
    broken: [file(inAi, `const a = list[0]!.name`), file(inAi, `const a = find()!`)],
    kept: [file(inAi, `const a = b !== c && !d`, `const e = "stop!"`)],
  },
  "rules do not read the clock or throw dice": {
    broken: [
      file(rule, `const now = Date.now()`),
      file("libs/contract/src/ids.ts", `const n = Math.random()`),
      file(rule, `const now = new Date()`),
    ],
    kept: [file(rule, `const at = new Date(fact.at)`), file(inAi, `const n = Date.now()`)],
  },
  "subjects are spelled in subjects.ts only": {
    broken: [file(inAi, `const s = "cmd.ai.diagnose"`), file(inAi, `const s = "run.*.fixed"`)],
    kept: [
      file("libs/contract/src/subjects.ts", `const s = "evt.>"`),
      file(inAi, `// "cmd.ai.diagnose"`),
      file(unit, `const s = "ask.planner.lease"`),
    ],
  },
  "no test is skipped or focused": {
    broken: [
      file(unit, `it.skip("x", () => undefined)`),
      file(unit, `describe.only("x", () => undefined)`),
      file(unit, `it.effect.skipIf(ci)("x", f)`),
    ],
    kept: [file(unit, `it("says it.skip", () => undefined)`)],
  },
  "no test replaces a module": { broken: [file(unit, `vi.mock("./x.ts")`)], kept: [file(unit, `vi.fn()`)] },
  "no unit test sleeps": {
    broken: [file(unit, `await Bun.sleep(50)`), file("ui/e2e/runs.test.ts", `await page.waitForTimeout(50)`)],
    kept: [file("libs/sql/src/Sql.integration.test.ts", `await Bun.sleep(50)`)],
  },
  "no path of somebody's machine": {
    broken: [file("README.md", join("see /ro", "ot/x"))],
    kept: [file("README.md", "see libs/root/x and /etc/passwd")],
  },
  "no package registry by its address": {
    broken: [file("Dockerfile", join("RUN npm --registry https://registry.npm", "js.org"))],
    kept: [file("Dockerfile", "RUN npm ci")],
  },
  "the lockfile holds no address": {
    broken: [file("bun.lock", join(`"a": ["a@1", "https`, `://example.test/a.tgz"]`))],
    kept: [file("bun.lock", `"a": ["a@1", ""]`)],
  },
  "no dead link in the documents": {
    broken: [file("docs/operating.md", "[there](missing.md#part)")],
    kept: [file("docs/operating.md", "[here](operating.md) [web](https://example.test) [part](#part)", "```", "[not](a-link.md)", "```")],
  },
  "the dashboard's state is raw": {
    broken: [
      file("ui/src/Log.svelte", "<script>", "let lines = $state([])", "</script>"),
      file("ui/src/log.svelte.ts", "lines: Lines = $state<Lines>()"),
    ],
    kept: [
      file("ui/src/Log.svelte", "<script>", "let lines = $state.raw([])", "</script>"),
      file("ui/src/log.svelte.ts", "// not $state(lines)", "lines: Lines = $state.raw()"),
    ],
  },
  "no raw HTML in the dashboard": {
    broken: [
      file("ui/src/Log.svelte", `<p>{@html log}</p>`),
      file("ui/src/Log.svelte", `<iframe srcdoc={log}></iframe>`),
      file("ui/src/Log.svelte", "<script>", "box.innerHTML = log", "</script>"),
      file("ui/src/log.ts", "export const show = (log: string) => box.insertAdjacentHTML(where, log)"),
      file("ui/src/log.ts", "export const show = (box: Element, log: string) => Object.assign(box, { outerHTML: log })"),
      file("ui/src/log.svelte.ts", "export const show = (log: string) => document.write(log)"),
      file("ui/index.html", `<a href="${join("java", "script:")}go()">go</a>`),
    ],
    kept: [
      file("ui/src/Log.svelte", "<p>{log}</p>"),
      file("ui/src/log.ts", "// innerHTML would run it"),
      file("ui/src/log.test.ts", `expect(document.body.innerHTML).toBe("")`),
    ],
  },
}
