/** The sandbox image's files where no registry can be reached: a minimal system from this machine's package mirror, and its toolchains. */
import { appendFile, chmod, copyFile, cp, mkdir, realpath, rm, symlink, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { archiveOf } from "../provision/apt-sources.ts"
import { ownSources, release } from "../provision/machine.ts"
import { CannotProvide, say, secondsSince } from "../provision/say.ts"
import { attempt, persistently, run } from "../provision/shell.ts"
import { provideDebootstrap } from "../provision.ts"
import type { Recipe } from "./recipe.ts"

const uid = 10001

/** What the running system has no use for in an image, and what would tell it about this machine. */
const superfluous = [
  ...["var/cache/apt", "var/lib/apt/lists", "var/log", "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info"],
  ...["etc/apt/sources.list", "etc/resolv.conf", "etc/hostname", "debootstrap"],
]

const unpackSystem = async (root: string, { packages }: Recipe): Promise<void> => {
  const { id, codename } = release()
  const mirror = archiveOf(ownSources(), codename)
  if (mirror === undefined) throw new CannotProvide(`No package source of ${id} ${codename} was found in /etc/apt`)
  const debootstrap = await provideDebootstrap()
  const components = id === "ubuntu" ? "main,universe" : "main"
  await persistently(async () => {
    await rm(root, { recursive: true, force: true })
    await run(debootstrap, ["--variant=minbase", `--components=${components}`, `--include=${packages.join(",")}`, codename, root, mirror])
  })
  for (const path of superfluous) await rm(join(root, path), { recursive: true, force: true })
  await mkdir(join(root, "var/log"))
}

const ask = async (program: string, ...args: ReadonlyArray<string>) => (await run(program, args)).trim().split("\n").at(-1) ?? ""

/** Node and npm as this machine has them, Bun as it runs this. */
const copyToolchains = async (root: string): Promise<void> => {
  const bin = join(root, "usr/local/bin")
  const modules = join(root, "usr/local/lib/node_modules")
  await copyFile(await ask("node", "-p", "process.execPath"), join(bin, "node"))
  await copyFile(await realpath(process.execPath), join(bin, "bun"))
  for (const name of ["node", "bun"]) await chmod(join(bin, name), 0o755)
  await symlink("bun", join(bin, "bunx"))
  const npm = dirname(dirname(await realpath(Bun.which("npm") ?? "npm")))
  await cp(npm, join(modules, "npm"), { recursive: true })
  for (const name of ["npm", "npx"]) await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name))
}

/** Other package managers are welcome but not needed; without a registry they are left out. */
const installGlobals = async (root: string, { globals }: Recipe): Promise<void> => {
  const prefix = join(root, "usr/local")
  const { code } = await attempt("npm", [
    "install",
    "--global",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--prefix",
    prefix,
    ...globals,
  ])
  if (code !== 0) say(`  left out ${globals.join(" and ")}: no registry of npm answers`)
}

const addUser = async (root: string): Promise<void> => {
  await appendFile(join(root, "etc/passwd"), `sandbox:x:${uid}:${uid}::/home/sandbox:/bin/bash\n`)
  await appendFile(join(root, "etc/group"), `sandbox:x:${uid}:\n`)
  await mkdir(join(root, "home/sandbox"))
  await mkdir(join(root, "workspace"))
  await run("chown", [`${uid}:${uid}`, join(root, "home/sandbox"), join(root, "workspace")])
  await writeFile(join(root, "etc/hosts"), "127.0.0.1 localhost\n")
}

/** Fills `root`, which must not exist yet or may be replaced. Only root may make a system. */
export const makeSandboxRoot = async (root: string, recipe: Recipe): Promise<void> => {
  if (process.getuid?.() !== 0) throw new CannotProvide("The sandbox image can be made here by root only. Run: sudo -E npm run images")
  const start = performance.now()
  await unpackSystem(root, recipe)
  say(`  unpacked ${recipe.packages.length} packages and what they need in ${secondsSince(start)}`)
  await copyToolchains(root)
  await installGlobals(root, recipe)
  await addUser(root)
}
