import { expect, it } from "vitest"
import { readShell } from "./read-shell.ts"

it.each([
  [undefined, "make test | tee log", ""],
  ["bash", "make test | tee log", "set -o pipefail\n"],
  ["bash", "make test || make again", ""],
  ["bash --noprofile --norc -euo pipefail {0}", "make test |& tee log", "set -o pipefail\n"],
  ["/bin/bash -e {0}", "make test | tee log", ""],
  ["bash -l {0}", "make\nmake test", "set +e\n"],
  ["bash --noprofile {0}", "make; make test", "set +e\n"],
  ["bash -l {0}", "make test", ""],
  ["bash -el {0}", "make\nmake test", ""],
  ["bash -o errexit {0}", "make\nmake test", ""],
  ["bash -uo errexit -o pipefail {0}", "make; make test | tee log", "set -o pipefail\n"],
  ["bash -o nounset {0}", "make\nmake test", "set +e\n"],
  ["sh", "make\nmake test", ""],
])("has a script fail where GitHub's shell %j would: %j", (said, script, options) => {
  expect(readShell(said)?.optionsFor(script)).toBe(options)
})

it.each(["pwsh", "python", "bashful", "cmd", "perl {0}"])("knows no %s", (said) => {
  expect(readShell(said)).toBeUndefined()
})
