import { describe, expect, it } from "vitest"
import { seccompFilter } from "./bubblewrap-seccomp.ts"

const x64 = 0xc000003e
const arm64 = 0xc00000b7
const i386 = 0x40000003

/** Runs a filter as the kernel does: what it answers to a call. */
const answerOf = (filter: Uint8Array, audit: number, call: number): number => {
  const view = new DataView(filter.buffer)
  let word = 0
  for (let at = 0; at < filter.length / 8; at += 1) {
    const operand = view.getUint32(at * 8 + 4, true)
    const code = view.getUint16(at * 8, true)
    if (code === 0x20) word = operand === 4 ? audit : call
    else if (code === 0x06) return operand
    else at += (code === 0x15 ? word === operand : word >= operand) ? view.getUint8(at * 8 + 2) : view.getUint8(at * 8 + 3)
  }
  throw new Error("The filter has no end.")
}

const allow = 0x7fff0000
const notPermitted = 0x00050001
const noSuchCall = 0x00050026

describe("the filter of system calls", () => {
  it.each([
    [
      "x64",
      x64,
      { read: 0, execve: 59, clone: 56, unshare: 272, openat: 257 },
      { mount: 165, keyctl: 250, bpf: 321, kcmp: 312, io_uring_setup: 425 },
    ],
    ["arm64", arm64, { read: 63, execve: 221, clone: 220, openat: 56 }, { mount: 40, keyctl: 219, bpf: 280, quotactl_fd: 443 }],
  ])("of %s allows what builds do and refuses the rest", (architecture, audit, allowed, denied) => {
    const filter = seccompFilter(architecture) ?? new Uint8Array()
    for (const call of Object.values(allowed)) expect(answerOf(filter, audit, call)).toBe(allow)
    for (const call of Object.values(denied)) expect(answerOf(filter, audit, call)).toBe(notPermitted)
  })

  it("lets nobody in through another ABI", () => {
    const filter = seccompFilter("x64") ?? new Uint8Array()
    expect(answerOf(filter, i386, 21)).toBe(noSuchCall)
    expect(answerOf(filter, x64, 0x40000000 + 165)).toBe(notPermitted)
  })

  it("is not there for an architecture that nobody checked", () => {
    expect(seccompFilter("riscv64")).toBeUndefined()
  })
})
