import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type Forge, type ForgeOptions, startForge } from "./forge.ts"
import type { Developer } from "./operations.ts"

/** Who commits in the sample. */
export const mara: Developer = { login: "mara-lindt", name: "Mara Lindt", email: "mara@acme.example" }

/** A workflow that is green as long as the sum is right. */
export const workflow = `name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Run tests
        run: grep -q "2 + 2 = 4" sum.txt
`

/** The sample repository's files. */
export const files: Readonly<Record<string, string>> = {
  "README.md": "# Sums\n",
  "sum.txt": "2 + 2 = 4\n",
  "docs/why.md": "Because.\n",
  ".github/workflows/ci.yml": workflow,
}

/** Writes files below a folder. */
export const writeFiles = (root: string, contents: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

/** A forge to try things on. */
export interface Sample extends AsyncDisposable {
  readonly forge: Forge
  /** A temporary folder that goes away with the sample; the forge keeps its things in `forge` inside. */
  readonly dir: string
}

/** A forge in a temporary folder with a public repository `acme/sums` and a private one `acme/secret-sums`, both green. */
export const startSample = async (options: Partial<ForgeOptions> = {}): Promise<Sample> => {
  const dir = mkdtempSync(join(tmpdir(), "forge-"))
  writeFiles(join(dir, "source"), files)
  const forge = await startForge({ dir: join(dir, "forge"), ...options })
  const about = { owner: "acme", from: join(dir, "source"), by: mara, at: "2026-01-05T09:00:00Z" }
  await forge.createRepository({ ...about, name: "sums" })
  await forge.createRepository({ ...about, name: "secret-sums", private: true })
  return {
    forge,
    dir,
    [Symbol.asyncDispose]: async () => {
      await forge.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
