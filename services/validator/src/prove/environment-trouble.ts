/** Tells a failure of the sandbox's surroundings (a tool, a dependency or the network is not there) from one of the code. */
import { tellingLines } from "@ci-fix-pilot/failure/signature"
import { namedMissing } from "../install/named-missing.ts"
import type { Ran } from "./run-commands.ts"

const network =
  /\b(?:EAI_AGAIN|ENOTFOUND|ENETUNREACH)\b|getaddrinfo|[Tt]emporary failure in name resolution|Could not resolve host|[Nn]etwork is unreachable|Name or service not known|dial tcp: lookup/u
const missingNode =
  /Cannot find (?:module|package) '([^'./\n][^'\n]{0,200})'|Failed to resolve (?:import|entry for package) "([^"./\n][^"\n]{0,200})"|Could not resolve "([^"./\n][^"\n]{0,200})"/u
/** What jest, eslint and the like say instead. */
const missingPart =
  /Preset ([^'./\s]\S{0,200}) not found|Module ([^'./\s]\S{0,200}) in the \w+ option was not found|couldn't find the plugin "([^"./\n][^"\n]{0,200})"/u
const missingTypes = /Cannot find type definition file for '([^'./\n][^'\n]{0,200})'/u
const missingPython = /No module named '?([A-Za-z_]\w*)/u
const missingTool = /(?:^|[:\s])([\w@./+-]+): (?:command )?not found/mu

/** What was fetched beforehand is all that there is, and so is the toolchain's version. */
const notFetched = /module lookup disabled by GOPROXY=off|you're using offline mode \(--offline\)|but --offline was specified/u
const olderToolchain =
  /requires go >= (?<go>[\d.]+) \(running go|note: module requires Go (?<module>[\d.]+)|requires rustc (?<rust>[\d.]+) or newer/u

/** The package of a specifier: `@scope/name/file` is of `@scope/name`. */
const packageOf = (specifier: string): string => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")

export interface Surroundings {
  /** Names of packages that the manifests declare, or nothing when there is no manifest. */
  readonly declared: ReadonlySet<string>
  /** Whether some Python manifest speaks of this module, and the repository itself has none with this name. */
  readonly asksForPython: (module: string) => boolean
}

/** The packages that it says are missing, by the first message of each sort. */
const missingPackages = (log: string): ReadonlyArray<string> => {
  const named = [missingNode, missingPart].flatMap((pattern) => (pattern.exec(log) ?? []).slice(1).filter((name) => name !== undefined))
  const types = missingTypes.exec(log)?.[1]
  return [...named.map(packageOf), ...(types === undefined ? [] : [`@types/${types}`])]
}

/** Why the failure says nothing about the commit; undefined when it may well be the commit's. `notInstalled`: what the try went without, as its layers tell it. */
export const environmentTrouble = (ran: Ran, around: Surroundings, notInstalled: ReadonlyArray<string> = []): string | undefined => {
  if (ran.ended === "memory") return "It needs more memory than the sandbox gives (CI_HEALING_SANDBOX_MEMORY_MB)."
  if (ran.ended === "disk") return "It writes more to the disk than the sandbox allows."
  if (ran.ended === "output") return "It prints without end."
  if (ran.result.exitCode === 127) return `A program is missing in the sandbox: ${missingTool.exec(ran.log)?.[1] ?? "exit code 127"}.`
  const telling = tellingLines(ran.digest).join("\n")
  if (network.test(telling)) return "It needs the network, which the sandbox does not have."
  if (notFetched.test(ran.log)) return "It needs a module or crate that was not fetched beforehand."
  const { go, module: ofModule, rust } = olderToolchain.exec(ran.log)?.groups ?? {}
  if (rust !== undefined) return `It needs Rust ${rust} or newer, which the sandbox does not have.`
  const newerGo = go ?? ofModule
  if (newerGo !== undefined) return `It needs Go ${newerGo} or newer, which the sandbox does not have.`
  const leftOut = namedMissing(ran.log, notInstalled)
  if (leftOut !== undefined) return `The failure says that ${leftOut} is missing, which could not be installed here.`
  const absent = missingPackages(ran.log).find((name) => around.declared.has(name))
  if (absent !== undefined) return `The dependency ${absent} is declared but not installed here.`
  const python = missingPython.exec(ran.log)?.[1]
  const isTool = python !== undefined && ran.result.command.run.includes(`-m ${python}`)
  if (python !== undefined && (isTool || around.asksForPython(python))) return `The Python module ${python} is not installed here.`
  return undefined
}
