import { cpSync, existsSync } from "node:fs"
import { dirname, join } from "node:path"

/**
 * What only starting runs is not worth compiling to machine code: the memory that the compiler takes would stay. The first piece of
 * work ends this (libs/actor, compile-when-busy).
 */
const holdCompilerBack = "Bun.unsafe.setJITPolicy(200);"

/** Where a program stands in a build: the same place as in the checkout, so that it finds what it reads, as it does there. */
export const builtFile = (build: string, entry: string): string => join(build, dirname(entry), "main.js")

/**
 * Builds the program that begins in `entry`, a path from the checkout: `main.js`, a file for each part that is loaded only where it is
 * used, their source maps, and the migrations that it reads. It needs nothing else but Bun. Names stay as they are, for those who read a
 * stack trace.
 */
export const buildProgram = async (checkout: string, entry: string, build: string): Promise<void> => {
  const folder = dirname(builtFile(build, entry))
  await Bun.build({
    entrypoints: [join(checkout, entry)],
    outdir: folder,
    naming: { entry: "main.js", chunk: "[name]-[hash].js" },
    target: "bun",
    splitting: true,
    sourcemap: "linked",
    minify: { whitespace: true, syntax: true, identifiers: false },
    // A build is the same for everybody: nothing of this environment is written into it.
    env: "disable",
    banner: holdCompilerBack,
  })
  const migrations = join(checkout, dirname(entry), "migrations")
  if (existsSync(migrations)) cpSync(migrations, join(folder, "migrations"), { recursive: true })
}
