import { describe, expect, it } from "vitest"
import { delivery, diagnosis, patchOf, proof, proposal, result, runId, sha, target } from "./delivery.suite.ts"
import { fixTitle } from "./fix-commit.ts"
import { pullRequestBody } from "./pull-request-body.ts"

const golden = (name: string) => `./fixtures/${name}.golden`
const hostile = [
  "@everyone fixes #12, closes acme/shop#13, resolves GH-14 and https://github.com/acme/shop/issues/15",
  '<img src=x onerror="alert(1)"><script>alert(1)</script><!-- ',
  "[click](javascript:alert(1)) ![x](https://evil.example/x.png) www.evil.example",
  "``` \n```js\n</details>\n# heading\n| a | b |\n~~~",
  "\u202Egnp.exe\u200B\u001B[31mred",
].join("\n")

const outsideOfCode = (body: string): string =>
  body.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gmu, "").replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/gu, "")

describe("the text of a pull request", () => {
  it("reads like this for a reverted hunk", async () => {
    const body = pullRequestBody({ runId, ...delivery(), runUrl: "http://localhost:3001/runs/run_0123456789abcdef01234567" })
    await expect(body).toMatchFileSnapshot(golden("pull-request-revert"))
  })

  it("reads like this for an approved suggestion of a model with findings", async () => {
    const withFindings = proof(undefined, {
      before: result("set -e\nnpm ci\nnpx vitest run --reporter=dot 'src/**/*.test.ts'", 137, 600_000, { outOfMemory: true }),
      after: [result("set -e\nnpm ci\nnpx vitest run --reporter=dot 'src/**/*.test.ts'", 0, 812), result("a | b", 0, 9_990)],
      findings: [{ rule: "weakened-test", file: "src/total.test.ts", detail: "`expect(total).toBe(30)` became `toBeTruthy()`" }],
    })
    const model = { ...proposal(), strategy: "model" as const, explanation: "The reducer *must* add.\n\n- one\n- two" }
    const { culprit: _, ...suggestion } = model
    const body = pullRequestBody({ runId, ...delivery({ proposal: suggestion, proof: withFindings, approvedBy: "ada" }) })
    await expect(body).toMatchFileSnapshot(golden("pull-request-model"))
  })

  it("names what was set aside because it was red before the failing change too, and only then", () => {
    const setAside = [result("npm run e2e", 7, 9_000), result("npm run @everyone", 1, 10)]
    const body = pullRequestBody({ runId, ...delivery({ setAside }) })
    expect(body).toContain("These were red here before the failing change, too. They are no part of the proof:")
    expect(body).toContain("- `npm run e2e`: ❌ exit 7, 9.0 s")
    expect(outsideOfCode(body)).not.toContain("@everyone")
    const long = pullRequestBody({ runId, ...delivery({ setAside: Array.from({ length: 40 }, (_, n) => result(`step ${n}`, 1, 10)) }) })
    expect(long).toContain("- … and 10 more")
    for (const none of [delivery(), delivery({ setAside: [] })])
      expect(pullRequestBody({ runId, ...none })).not.toContain("no part of the proof")
  })

  it("names what could not be installed, beside the sandbox that went without", () => {
    const { sandbox } = proof()
    const without = proof(undefined, { sandbox: { ...sandbox, notInstalled: ["lost@^1 (devDependencies of package.json): why"] } })
    const body = pullRequestBody({ runId, ...delivery({ proof: without }) })
    expect(body).toContain("| Not installed | `lost@^1 (devDependencies of package.json): why` |")
    expect(pullRequestBody({ runId, ...delivery() })).not.toContain("Not installed")
  })

  it("is the same every time", () => {
    expect(pullRequestBody({ runId, ...delivery() })).toBe(pullRequestBody({ runId, ...delivery() }))
  })

  it("mentions nobody, closes nothing and marks nothing up, whatever logs, models and file names say", () => {
    const body = pullRequestBody({
      runId,
      ...delivery({
        target: { ...target, branch: "a`b@c#1<b>" },
        diagnosis: { ...diagnosis, summary: hostile, firstError: hostile },
        proposal: { ...proposal(patchOf("x", [hostile.slice(0, 400)])), explanation: hostile },
        proof: proof(undefined, {
          after: [result(hostile, 0, 1)],
          findings: [{ rule: "secret", file: hostile.slice(0, 400), detail: hostile.slice(0, 400) }],
        }),
        approvedBy: hostile,
      }),
      runUrl: "javascript:alert(1)",
    })
    expect(body).not.toMatch(/(?<![A-Za-z0-9])@[A-Za-z]/u)
    expect(body).not.toMatch(/#\d/u)
    expect(body).not.toMatch(/gh-\d/iu)
    expect(body).not.toMatch(/issues\/\d/u)
    const rendered = outsideOfCode(body)
    expect(rendered.replace(/<\/?(?:details|summary|b|sub)>/gu, "")).not.toMatch(/<[a-z!/]/iu)
    expect(rendered).not.toMatch(/https?:\/\/|www\.|(?<!\\)\]\(/u)
    expect(rendered.match(/<details>/gu)).toHaveLength(1)
    expect(rendered.match(/<\/details>/gu)).toHaveLength(1)
    expect(body.includes("\u202E") || body.includes("\u001B")).toBe(false)
  })

  it("stays within what GitHub takes, however much there is to say", () => {
    const long = "@<#1 `*_".repeat(600)
    const body = pullRequestBody({
      runId,
      ...delivery({
        diagnosis: { ...diagnosis, summary: long.slice(0, 1_000), firstError: long.slice(0, 2_000) },
        proposal: {
          ...proposal(
            patchOf(
              "x",
              Array.from({ length: 20 }, (_, index) => `${index}/${"é@".repeat(240)}`),
            ),
          ),
          explanation: long.slice(0, 4_000),
        },
        proof: proof(undefined, {
          before: result("x@#1 ".repeat(1_600), 1, 1),
          after: Array.from({ length: 60 }, () =>
            result("y@#1`".repeat(1_600), 0, 1, {
              command: { name: "", run: "`@".repeat(4_000), cwd: "d`@".repeat(160), source: "config" },
            }),
          ),
          findings: Array.from({ length: 60 }, () => ({ rule: "secret" as const, file: "@<".repeat(250), detail: "@<".repeat(250) })),
        }),
      }),
    })
    expect(body.length).toBeLessThanOrEqual(60_000)
    expect(body.includes("### Not what you want?")).toBe(true)
  })

  it("holds no secret, wherever one slipped through", () => {
    const secret = `ghp_${"a1B2".repeat(9)}`
    const body = pullRequestBody({
      runId,
      ...delivery({
        diagnosis: { ...diagnosis, summary: secret, firstError: secret },
        proposal: { ...proposal(), explanation: secret },
        proof: proof(undefined, { before: result(`curl -H ${secret}`, 1, 1), after: [result(`TOKEN=${secret} npm test`, 0, 1)] }),
      }),
    })
    expect(body).not.toContain(secret)
    expect(fixTitle({ ...diagnosis, summary: secret })).not.toContain(secret)
  })

  it("links the run only by a web address", () => {
    expect(pullRequestBody({ runId, ...delivery(), runUrl: "https://ci.example/runs/1?a=<b>" })).toContain(
      "(<https://ci.example/runs/1?a=%3Cb%3E>)",
    )
    expect(pullRequestBody({ runId, ...delivery(), runUrl: "data:text/html,x" })).not.toContain("data:")
  })

  it("names the commit in full, so that GitHub links it", () => {
    expect(pullRequestBody({ runId, ...delivery() })).toContain(` ${sha("a")}`)
  })
})
