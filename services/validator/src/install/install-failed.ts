import { Schema } from "effect"
import type { SandboxResult } from "../sandbox/Sandbox.ts"

/** The project's dependencies cannot be installed; asking again changes nothing unless the registry was away. */
export class InstallFailed extends Schema.TaggedError<InstallFailed>()("InstallFailed", {
  /** `refused`: the package manager said no. `registry-unreachable`: nobody answered there. `limit`: it took too much. `no-program`: nothing here could install them. */
  kind: Schema.Literals(["refused", "registry-unreachable", "limit", "no-program"]),
  reason: Schema.String,
  /** The end of what the package manager said. */
  output: Schema.String,
}) {
  override get message(): string {
    return this.reason
  }
}

const outputEnd = 4_000

export const end = (text: string, length: number): string => text.trim().slice(-length)

const missing = /(?:^|[:\s])([\w@./+-]+): (?:command )?not found/mu
const remedy = "Put it into CI_HEALING_SANDBOX_IMAGE or, for bubblewrap, on this machine."

/** The sandbox lacks a program that installs. */
export const noProgram = (name: string, kind: "no-program" | "refused" = "no-program"): InstallFailed =>
  new InstallFailed({ kind, reason: `The sandbox has no ${name}. ${remedy}`, output: "" })

/** What to call a result that is not a success. */
export const refusal = (result: SandboxResult, way: string): InstallFailed => {
  const program = result.exitCode === 127 ? missing.exec(result.output.text)?.[1] : undefined
  if (program !== undefined) return noProgram(program, "refused")
  return result.ended === "exited"
    ? new InstallFailed({ kind: "refused", reason: `${way} ended with ${result.exitCode}.`, output: end(result.output.text, outputEnd) })
    : new InstallFailed({
        kind: "limit",
        reason: `${way} exceeded its limit (${result.ended}).`,
        output: end(result.output.text, outputEnd),
      })
}
