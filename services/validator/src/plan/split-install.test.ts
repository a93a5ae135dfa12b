import { describe, expect, it } from "vitest"
import { splitInstall } from "./split-install.ts"

describe("a step's script", () => {
  it.each([
    "npm ci",
    "npm install --legacy-peer-deps",
    "npm i -g pnpm",
    "yarn",
    "yarn install --frozen-lockfile",
    "yarn --frozen-lockfile",
    "pnpm i --frozen-lockfile",
    "bun install",
    "corepack enable",
    "pip install -r requirements.txt",
    "python -m pip install --upgrade pip",
    "python3 -m pip install -e '.[dev]'",
    "poetry install --no-interaction",
    "uv sync --all-extras",
    "go mod download",
    "cargo fetch",
    "sudo apt-get update\nsudo apt-get install -y libfoo",
    "npx playwright install --with-deps",
    "FOO=bar npm ci",
  ])("that only installs leaves nothing to run: %s", (run) => {
    const { installs, rest } = splitInstall(run)
    expect(rest).toBe("")
    expect(installs.length).toBeGreaterThan(0)
  })

  it.each([
    "npm test",
    "npm run install:check",
    "yarn test",
    "yarn run build",
    "pnpm test",
    "go test ./...",
    "cargo test --all",
    "python -m pytest",
    "make install-check test",
    "echo 'npm ci' > file && cat file && ./check",
  ])("that does not install stays as it is: %s", (run) => expect(splitInstall(run)).toEqual({ installs: [], outside: [], rest: run }))

  it("loses its installing lines and keeps the others", () => {
    expect(splitInstall("npm ci\nnpm run build --if-present\nnpm test\n")).toEqual({
      installs: ["npm ci"],
      outside: [],
      rest: "npm run build --if-present\nnpm test",
    })
  })

  it("loses the installing part of a chain", () => {
    expect(splitInstall("npm ci && npm run lint && npm test").rest).toBe("npm run lint && npm test")
    expect(splitInstall("cd web && npm ci && npm test")).toEqual({
      installs: ["cd web && npm ci"],
      outside: [],
      rest: "cd web && npm test",
    })
    expect(splitInstall("pip install tox; tox -e py311").rest).toBe("tox -e py311")
  })

  it("joins continued lines before it looks", () => {
    expect(splitInstall("pip install \\\n  -r requirements.txt \\\n  pytest\npytest -q")).toMatchObject({
      rest: "pytest -q",
      installs: [/^/u].map(() => expect.any(String)),
    })
  })

  it("names what needs the network", () => {
    expect(
      splitInstall("npm test\nbash <(curl -s https://codecov.io/bash)\ncurl -X POST https://example.com\ngit diff --exit-code"),
    ).toEqual({
      installs: [],
      outside: ["bash <(curl -s https://codecov.io/bash)", "curl -X POST https://example.com", "git diff --exit-code"],
      rest: "npm test",
    })
  })

  it("is nothing when only preparations are left", () => {
    expect(splitInstall("set -e\ncd web\nnpm ci\necho done").rest).toBe("")
  })

  it.each([
    "if [ -f x ]; then\n  npm ci\nfi\nnpm test",
    "npm ci || npm install\nnpm test",
    "cat <<EOF > x\nnpm ci\nEOF\nnpm test",
    "for i in 1 2; do npm test; done",
  ])("that cannot be taken apart safely stays whole: %s", (run) =>
    expect(splitInstall(run)).toEqual({ installs: [], outside: [], rest: run }),
  )
})
