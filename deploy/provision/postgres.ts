import { chmod, mkdtemp, rename, rm } from "node:fs/promises"
import { cpus } from "node:os"
import { join } from "node:path"
import { oldestPostgres, unpackedPostgres } from "@ci-fix-pilot/machine/database-binaries"
import { toolsDirectory } from "@ci-fix-pilot/machine/process-tools"
import { type Apt, candidate, debianApt, missingLibraries, ownApt, unpack, unpackSource } from "./apt.ts"
import { release } from "./machine.ts"
import { CannotProvide, say } from "./say.ts"
import { run } from "./shell.ts"
import { installPackages } from "./system-packages.ts"

/** Debian's first release with pgvector's source; it compiles against every Postgres that we use. */
const debianWithPgvector = "trixie"

/** Unpacks this release's Postgres with pgvector to `.tools/postgres`; nothing is installed and no server of the system is touched. */
export const unpackPostgres = async (): Promise<void> => {
  const apt = await ownApt()
  const major = Number.parseInt((await candidate(apt, "postgresql")) ?? "0", 10)
  if (major < oldestPostgres) throw new CannotProvide(`This system's packages have Postgres ${major}; ${oldestPostgres} or newer is needed`)
  const server = `postgresql-${major}`
  const pgvector = `${server}-pgvector`
  const packaged = (await candidate(apt, pgvector)) !== undefined
  const tree = await mkdtemp(join(toolsDirectory(), "postgres-"))
  try {
    const libraries = await missingLibraries(apt, server)
    await unpack(apt, [server, `postgresql-client-${major}`, packaged ? pgvector : `postgresql-server-dev-${major}`, ...libraries], tree)
    if (!packaged) await compilePgvector(join(tree, "usr/lib/postgresql", `${major}`, "bin/pg_config"))
    for (const folder of needless(major)) await rm(join(tree, folder), { recursive: true, force: true })
    await chmod(tree, 0o755)
    await rm(unpackedPostgres(), { recursive: true, force: true })
    await rename(tree, unpackedPostgres())
  } finally {
    await rm(tree, { recursive: true, force: true })
  }
}

/** What the server can do without, half of the tree. */
const needless = (major: number) => [
  "usr/include",
  "usr/share/doc",
  "usr/share/locale",
  "usr/share/man",
  `usr/lib/postgresql/${major}/lib/pgxs`,
  `usr/lib/postgresql/${major}/lib/bitcode`,
]

const compilePgvector = async (pgConfig: string): Promise<void> => {
  const source = await unpackSource(await aptWithPgvector(), "pgvector")
  await installPackages(
    "a C compiler for pgvector",
    ["gcc", "make", "libc6-dev"],
    () => Bun.which("gcc") !== null && Bun.which("make") !== null,
  )
  say("  compiling pgvector")
  const make = ["make", "-s", `-j${cpus().length}`, `PG_CONFIG=${pgConfig}`, "with_llvm=no", "OPTFLAGS="] as const
  const [program, ...settings] = make
  await run(program, settings, { cwd: source })
  await run(program, [...settings, "install"], { cwd: source })
}

const aptWithPgvector = async (): Promise<Apt> => {
  if (release().id === "debian") return debianApt(debianWithPgvector)
  throw new CannotProvide("This system's packages have no pgvector for their Postgres")
}
