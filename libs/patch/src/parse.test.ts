import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { parseDiff } from "./parse.ts"
import { printDiff } from "./print.ts"
import type { PatchUnreadable } from "./unreadable.ts"

const read = (text: string, options = {}) => Effect.runSync(parseDiff(text, options))
const refusal = (text: string): PatchUnreadable => Effect.runSync(Effect.flip(parseDiff(text)))

const MODIFIED = `diff --git a/src/a.js b/src/a.js
index 1111111..2222222 100644
--- a/src/a.js
+++ b/src/a.js
@@ -1,3 +1,3 @@ function x() {
 one
-two
+TWO
 three
`

describe("parseDiff", () => {
  it("reads a changed file", () => {
    const [file, ...others] = read(MODIFIED)
    expect(others).toStrictEqual([])
    expect(file).toMatchObject({ change: "modified", oldPath: "src/a.js", newPath: "src/a.js", binary: false, newMode: "100644" })
    expect(file?.hunks[0]).toMatchObject({ oldStart: 1, oldCount: 3, newStart: 1, newCount: 3 })
    expect(file?.hunks[0]?.lines.map((line) => line.kind + line.text)).toStrictEqual([" one", "-two", "+TWO", " three"])
  })

  it("reads new, deleted, renamed, copied and empty files, modes, links, submodules and binary files", () => {
    const text = `diff --git a/new.txt b/new.txt
new file mode 100755
--- /dev/null
+++ b/new.txt
@@ -0,0 +1 @@
+x
\\ No newline at end of file
diff --git a/old.txt b/old.txt
deleted file mode 100644
--- a/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/from here.txt b/to here.txt
similarity index 100%
rename from from here.txt
rename to to here.txt
diff --git a/c.txt b/d.txt
similarity index 90%
copy from c.txt
copy to d.txt
diff --git a/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/link b/link
new file mode 120000
--- /dev/null
+++ b/link
@@ -0,0 +1 @@
+/etc/passwd
\\ No newline at end of file
diff --git a/logo.png b/logo.png
index 1111111..2222222 100644
Binary files a/logo.png and b/logo.png differ
diff --git a/pack.bin b/pack.bin
new file mode 100644
index 0000000..1111111
GIT binary patch
literal 3
Kc\${NkU|;|M00aO5

literal 0
HcmV?d00001

`
    expect(read(text).map((file) => [file.change, file.oldPath, file.newPath, file.newMode, file.binary])).toStrictEqual([
      ["added", "new.txt", "new.txt", "100755", false],
      ["deleted", "old.txt", "old.txt", undefined, false],
      ["renamed", "from here.txt", "to here.txt", undefined, false],
      ["copied", "c.txt", "d.txt", undefined, false],
      ["added", "empty", "empty", "100644", false],
      ["modified", "run.sh", "run.sh", "100755", false],
      ["added", "link", "link", "120000", false],
      ["modified", "logo.png", "logo.png", "100644", true],
      ["added", "pack.bin", "pack.bin", "100644", true],
    ])
    expect(read(text)[0]?.hunks[0]?.lines).toStrictEqual([{ kind: "+", text: "x", noNewline: true }])
  })

  it("reads quoted paths and paths with spaces", () => {
    const quoted = `diff --git "a/caf\\303\\251 \\"x\\".txt" "b/caf\\303\\251 \\"x\\".txt"\n--- "a/caf\\303\\251 \\"x\\".txt"\n+++ "b/caf\\303\\251 \\"x\\".txt"\n@@ -1 +1 @@\n-a\n+b\n`
    expect(read(quoted)[0]?.newPath).toBe('café "x".txt')
    expect(printDiff(read(quoted))).toBe(quoted)
    expect(read("--- a/with space.txt\t\n+++ b/with space.txt\t\n@@ -1 +1 @@\n-a\n+b\n")[0]?.newPath).toBe("with space.txt")
  })

  it("keeps carriage returns of the content, and drops those of the diff itself", () => {
    const crlfFile = MODIFIED.replace("-two\n", "-two\r\n").replace("+TWO\n", "+TWO\r\n")
    expect(read(crlfFile)[0]?.hunks[0]?.lines[1]?.text).toBe("two\r")
    expect(read(MODIFIED.replaceAll("\n", "\r\n"))).toStrictEqual(read(MODIFIED))
  })

  it("takes an empty line for an empty line of context", () => {
    expect(read("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n")[0]?.hunks[0]?.lines[1]).toMatchObject({ kind: " ", text: "" })
  })

  it.each([
    ["nothing", "", 1, /no file/],
    ["prose", "Here is the fix:\n", 1, /expected "diff --git"/],
    ["a fence", `\`\`\`diff\n${MODIFIED}`, 1, /expected "diff --git"/],
    ["prose after it", `${MODIFIED}Hope this helps!\n`, 9, /expected "diff --git"/],
    ["a missing +++", "--- a/x\n@@ -1 +1 @@\n-a\n+b\n", 1, /without "\+\+\+"/],
    ["names without prefix", "--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", 1, /a\/.*b\//],
    ["a malformed hunk header", "--- a/x\n+++ b/x\n@@ 1 @@\n-a\n+b\n", 3, /malformed/],
    ["no hunk", "--- a/x\n+++ b/x\n", 2, /expected a hunk/],
    ["a hunk too short", "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n+b\n", 5, /shorter/],
    ["a hunk too long", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+c\n", 6, /longer/],
    ["a hunk without change", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n a\n", 4, /changes nothing/],
    ["overlapping hunks", "--- a/x\n+++ b/x\n@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b\n", 8, /out of order/],
    ["names that differ", MODIFIED.replace("+++ b/src/a.js", "+++ b/src/b.js"), 6, /without a rename/],
    ["a git line that names another file", MODIFIED.replace("diff --git a/src/a.js b/src/a.js", "diff --git a/ok.js b/ok.js"), 5, /differ/],
    ["a change hidden behind /dev/null", MODIFIED.replace("--- a/src/a.js", "--- /dev/null").replace("@@ -1,3", "new"), 4, /./],
    ["a file that is changed twice", MODIFIED + MODIFIED, 1, /twice/],
    ["a file in which nothing changes", "diff --git a/x b/x\nindex 1111111..2222222 100644\n", 1, /nothing changes/],
  ])("refuses %s and says where", (_, text, line, why) => {
    const error = refusal(text)
    expect(error).toMatchObject({ _tag: "PatchUnreadable" })
    expect(error.why).toMatch(why)
    expect(error.line).toBeLessThanOrEqual(Math.max(1, text.split("\n").length))
    expect(Math.abs(error.line - line)).toBeLessThanOrEqual(2)
  })

  it("counts again when asked, for diffs written by a model", () => {
    const wrong = MODIFIED.replace("@@ -1,3 +1,3 @@ function x() {", "@@ -1,9 +1,7 @@")
    expect(refusal(wrong).why).toMatch(/shorter/)
    expect(read(wrong, { recount: true })[0]?.hunks).toStrictEqual(read(MODIFIED)[0]?.hunks)
  })
})
