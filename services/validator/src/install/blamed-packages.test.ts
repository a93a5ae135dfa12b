import { describe, expect, it } from "vitest"
import { blamedIn } from "./blamed-packages.ts"

const blamed = (output: string) => Object.fromEntries(blamedIn(output))

describe("a package that cannot be had", () => {
  it.each([
    [
      "npm, not there",
      "npm error code E404\nnpm error 404 Not Found - GET http://127.0.0.1:4873/~0/@acme%2fabsent - no\nnpm error 404\nnpm error 404  '@acme/absent@^1.0.0' is not in this registry.\n",
      { "@acme/absent": "the registry does not have it" },
    ],
    [
      "npm, no such version",
      "npm error code ETARGET\nnpm error notarget No matching version found for left-pad@^99.0.0.\n",
      { "left-pad": "the registry has no such version of it" },
    ],
    [
      "npm, another platform",
      `npm error notsup Unsupported platform for fsevents@2.3.3: wanted {"os":"darwin"} (current: {"os":"linux"})\n`,
      { fsevents: "it is not for this platform" },
    ],
    [
      "npm, its archive is gone",
      "npm error 404 Not Found - GET http://127.0.0.1:4873/~0/gone/-/gone-1.0.0.tgz - no\n",
      { gone: "the registry does not have it" },
    ],
    [
      "pnpm, not there",
      " ERR_PNPM_FETCH_404  GET http://127.0.0.1:4873/~0/absent: Not Found - 404\n\nabsent is not in the npm registry, or you have no permission to fetch it.\n",
      { absent: "the registry does not have it" },
    ],
    [
      "yarn, not there",
      `error An unexpected error occurred: "http://127.0.0.1:4873/~0/absent: Not found".\n`,
      { absent: "the registry does not have it" },
    ],
    [
      "yarn, not there, in other words",
      `error Couldn't find package "@acme/absent" on the "npm" registry.\n`,
      { "@acme/absent": "the registry does not have it" },
    ],
    [
      "npm 11, not there",
      "npm error 404  The requested resource '@acme/absent@^1.0.0' could not be found or you do not have permission to access it.\n",
      { "@acme/absent": "the registry does not have it" },
    ],
    [
      "yarn, no such version",
      `error Couldn't find any versions for "left-pad" that matches "^99.0.0"\n`,
      { "left-pad": "the registry has no such version of it" },
    ],
    [
      "bun, not there",
      "error: GET http://127.0.0.1:4873/~0/@acme%2fabsent - 404\nerror: @acme/absent@^1 failed to resolve\n",
      { "@acme/absent": "the registry does not have it" },
    ],
    [
      "bun, no such version",
      `error: No version matching "^99.0.0" found for specifier "left-pad" (but package exists)\nerror: left-pad@^99.0.0 failed to resolve\n`,
      { "left-pad": "the registry has no such version of it" },
    ],
    [
      "pip",
      "ERROR: Could not find a version that satisfies the requirement absent==1 (from versions: none)\nERROR: No matching distribution found for absent==1\n",
      { absent: "the index has no wheel of it that fits" },
    ],
  ])("is named by %s", (_, output, expected) => expect(blamed(output)).toEqual(expected))

  it("is not what a lockfile promised otherwise, nor a conflict", () => {
    expect(blamed("npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed when using sha512: wanted y\n")).toEqual({})
    expect(blamed('npm error code ERESOLVE\nnpm error Could not resolve dependency:\nnpm error peer a@"1" from b@1\n')).toEqual({})
  })
})
