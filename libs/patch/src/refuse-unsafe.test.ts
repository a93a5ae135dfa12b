import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { diffContents } from "./compare.ts"
import { judgePatch } from "./policy.ts"
import { added, countSecrets, refusal } from "./policy-fixture.ts"

describe("a patch is refused", () => {
  it.each([
    ["../outside.js", /leaves/],
    ["src/../../outside.js", /leaves/],
    ["./here.js", /circles/],
    ["/etc/passwd", /absolute/],
    ["C:/windows/x", /absolute/],
    ["~/.ssh/authorized_keys", /absolute/],
    ["a//b", /empty/],
    ["src\\..\\x", /backslash/],
    [".git/config", /\.git/],
    ["vendor/.GIT/hooks/pre-commit", /\.git/],
    ["GIT~1/config", /\.git/],
    [".git /config", /dot or space/],
    [".git./config", /dot or space/],
    [".git::$INDEX_ALLOCATION/config", /\.git/],
    ["a/con:stream", /some systems/],
    [".gitmodules", /submodules/],
  ])("for its path %s", (path, why) => {
    expect(refusal(added(path, "x"))?.why).toMatch(why)
    expect(refusal(`diff --git a/ok b/${path}\nrename from ok\nrename to ${path}\n`)?.why).toMatch(why)
  })

  it("for a path that hides characters, whichever", () => {
    for (const hidden of ["\u200b", "\u202e", "\ufeff", "\u00ad"]) {
      const file = diffContents(`src/.g${hidden}it/config`, undefined, "x\n")
      expect(Effect.runSync(Effect.flip(judgePatch(file ? [file] : [], { read: () => undefined, countSecrets })))).toMatchObject({
        rule: "hidden-text",
      })
    }
  })

  it.each([
    ["link", "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n"],
    ["link", "diff --git a/l b/l\nindex 1111111..2222222 120000\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n-x\n+/etc\n"],
    ["link", "diff --git a/l b/l\nold mode 100644\nnew mode 120000\n"],
    ["submodule", "diff --git a/s b/s\nnew file mode 160000\n--- /dev/null\n+++ b/s\n@@ -0,0 +1 @@\n+Subproject commit 1\n"],
    ["mode", "diff --git a/x b/x\nold mode 100644\nnew mode 104755\n"],
    ["binary", "diff --git a/x b/x\nindex 1111111..2222222 100644\nBinary files a/x and b/x differ\n"],
    ["binary", "diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n"],
    ["too-large", added("x", ...Array.from({ length: 401 }, () => "x"))],
    ["too-large", Array.from({ length: 21 }, (_, at) => added(`f${at}`, "x")).join("")],
    ["too-large", added("x", "x".repeat(70_000))],
    ["path", added("README.md", "x") + added("readme.md", "x")],
  ])("as %s", (rule, diff) => {
    expect(refusal(diff)).toMatchObject({ _tag: "PatchRefused", rule })
  })

  it("for characters that nobody sees, and only for those", () => {
    const hidden = [
      "\u202a",
      "\u202e",
      "\u2066",
      "\u200b",
      "\u200d",
      "\u200e",
      "\u2060",
      "\u00ad",
      "\ufeff",
      "\u3164",
      "\u{e0041}",
      "\u001b",
      "\u0000",
      "\u0085",
      "\u2028",
      "\u{e0101}",
    ]
    for (const character of hidden) expect(refusal(added("x", `a${character}b`))?.rule, JSON.stringify(character)).toBe("hidden-text")
    const seen = [
      "tab\there",
      "form\ffeed",
      "carriage\r",
      "naïve café",
      "日本語",
      "👨‍👩‍👧 family",
      "❤️",
      "🏳️‍🌈",
      "1️⃣",
      "👍🏽",
      "می‌خواهم",
      "क्‍ष",
    ]
    for (const text of seen) expect(refusal(added("x", text)), text).toBeUndefined()
  })

  it("lets a line that held a hidden character before be edited, but adds none", () => {
    const edit = (before: string, after: string) => refusal(`--- a/x\n+++ b/x\n@@ -1 +1 @@\n-${before}\n+${after}\n`)
    expect(edit("a\u200bb", "a\u200bc")).toBeUndefined()
    expect(edit("a\u200bb", "a\u200bc\u200b")).toMatchObject({ rule: "hidden-text" })
    expect(edit("a\u200bb", "a\u202ec")).toMatchObject({ rule: "hidden-text" })
  })

  it("for a lockfile that takes packages from elsewhere", () => {
    const lock = '{\n  "resolved": "https://packages.example/a/-/a-1.0.0.tgz",\n  "integrity": "sha512-x"\n}\n'
    const poisoned = (address: string) =>
      Effect.runSync(
        Effect.result(
          judgePatch(
            [diffContents("package-lock.json", lock, lock.replace("https://packages.example", address))].flatMap((file) => file ?? []),
            { read: () => lock, countSecrets },
          ),
        ),
      )
    for (const address of [
      "https://evil.example",
      "http://packages.example",
      "git+ssh://git@packages.example",
      "https://packages.example@evil.example",
    ]) {
      expect(poisoned(address), address).toMatchObject({ _tag: "Failure", failure: { rule: "lockfile" } })
    }
    expect(
      Effect.runSync(
        Effect.result(
          judgePatch(
            [diffContents("package-lock.json", lock, lock.replace("1.0.0", "1.0.1"))].flatMap((file) => file ?? []),
            { read: () => lock, countSecrets },
          ),
        ),
      ),
    ).toMatchObject({ _tag: "Success" })
  })
})
