import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { isOtherBuild } from "./other-build.ts"

const pageWith = (script: string) => `<!doctype html><script type="module" crossorigin src="/assets/${script}"></script>`
const asks = (answer: () => Promise<Response>) => isOtherBuild(Object.assign(answer, { preconnect: () => undefined }))

beforeEach(() => {
  // This document fetches nothing; it is content without.
  Object.assign(Reflect.get(window, "happyDOM").settings, { handleDisabledFileLoadingAsSuccess: true })
  const script = document.createElement("script")
  script.type = "module"
  script.src = "/assets/index-one.js"
  document.head.append(script)
})
afterEach(() => {
  document.head.replaceChildren()
  Object.assign(Reflect.get(window, "happyDOM").settings, { handleDisabledFileLoadingAsSuccess: false })
})

describe("whether the server has another build", () => {
  it.each([
    ["the same page", async () => new Response(pageWith("index-one.js")), false],
    ["a page with another script", async () => new Response(pageWith("index-two.js")), true],
    ["what is no page of ours", async () => new Response("<h1>Sign in to the network</h1>"), false],
    ["that it cannot", async () => new Response(pageWith("index-two.js"), { status: 503 }), false],
    ["nothing", () => Promise.reject(new TypeError("refused")), false],
  ])("when it answers with %s", async (_, answer, other) => {
    expect(await asks(answer)).toBe(other)
  })
})
