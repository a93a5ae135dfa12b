import { expect, it } from "vitest"
import { sha256Hex } from "./sha256.ts"

it("is the standard's, of a text as of its bytes", () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  expect([sha256Hex("abc"), sha256Hex(new TextEncoder().encode("abc"))]).toEqual([abc, abc])
})
