import { expect, it } from "vitest"
import { readRecipe, recipeIn } from "./recipe.ts"

it("reads packages, globals and the base from the Dockerfile", () => {
  const recipe = recipeIn('ARG NODE=node:20\nFROM x\nARG PACKAGES="git make"\nARG GLOBALS="yarn@1.0.0"\n', [])
  expect(recipe).toMatchObject({ packages: ["git", "make"], globals: ["yarn@1.0.0"], base: "node:20" })
})

it("has a new digest when a toolchain or the Dockerfile changes, and only then", () => {
  const of = (text: string, ...toolchains: Array<string>) => recipeIn(text, toolchains).digest
  expect(of("a", "20.1.0")).toBe(of("a", "20.1.0"))
  expect(new Set([of("a", "20.1.0"), of("a", "20.2.0"), of("b", "20.1.0")]).size).toBe(3)
})

it("finds in our own Dockerfile what a sandbox cannot do without", () => {
  expect(readRecipe([]).packages).toEqual(expect.arrayContaining(["git", "python3", "python3-pytest", "ca-certificates"]))
})
