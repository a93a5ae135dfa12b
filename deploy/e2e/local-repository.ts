import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const identity = ["NAME", "EMAIL"].flatMap((part) => ["AUTHOR", "COMMITTER"].map((who) => [`GIT_${who}_${part}`, `ada@example.test`]))

/** Runs a program to its end. Throws with what it said when it does not end well. */
export const run = async (cwd: string, ...command: ReadonlyArray<string>): Promise<string> => {
  const env = { ...Bun.env, ...Object.fromEntries(identity), GIT_CONFIG_GLOBAL: "/dev/null" }
  const child = Bun.spawn([...command], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" })
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  if (code !== 0) throw new Error(`${command.join(" ")}: ${code}\n${out}${err}`)
  return out.trim()
}

const commitAll = async (folder: string, message: string) => {
  await run(folder, "git", "add", "--all", "--force")
  await run(folder, "git", "commit", "--quiet", "--message", message)
}

/** A git repository with these files in one commit. */
export const makeRepository = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "local-"))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  await run(folder, "git", "init", "--quiet", "--initial-branch", "main")
  await commitAll(folder, "Begin")
  return folder
}

/** A git repository with a package as it was published, in one commit. */
export const publishedPackage = async (spec: string): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "published-"))
  const archive = await run(folder, "npm", "pack", "--silent", spec)
  await run(folder, "tar", "--extract", "--gzip", "--strip-components", "1", "--file", archive)
  await run(folder, "rm", archive)
  await run(folder, "git", "init", "--quiet", "--initial-branch", "main")
  await commitAll(folder, "As published")
  return folder
}

/** Breaks one line of a file, in a commit that also does harm to nothing: at the end of that file, in a new one, and in the readme. */
export const breakLine = async (folder: string, file: string, good: string, bad: string) => {
  const text = readFileSync(join(folder, file), "utf8")
  if (text.split(good).length !== 2) throw new Error(`${file} does not have this once: ${good}`)
  writeFileSync(join(folder, file), `${text.replace(good, bad)}\n// Nothing follows.\n`)
  mkdirSync(join(folder, "extra"))
  writeFileSync(join(folder, "extra", "label.js"), "module.exports = (name) => name.trim()\n")
  appendFileSync(join(folder, "NOTES.md"), "\nThanks for reading.\n")
  await commitAll(folder, "Tidy up")
}
