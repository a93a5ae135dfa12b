/** Which shell a step asks for, and with which options GitHub runs it: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */

export interface StepShell {
  readonly program: "sh" | "bash"
  /** Lines to stand before a script so that it fails where it would at GitHub; it is run with `-e` in any case. */
  readonly optionsFor: (script: string) => string
}

const pipes = /(?:^|[^|])\|(?:[^|]|$)/u
const severalCommands = /[\n;]/u
const endsAtFailure = /(?:^|\s)-(?:[A-Za-z]*e|[A-Za-z]*o\s+errexit(?=\s|$))/u

/**
 * Without a word it is `bash -e`; `bash` alone also has `pipefail`; with `{0}` it has the options that it says, and no others. Undefined
 * for another shell.
 */
export const readShell = (text: string | undefined): StepShell | undefined => {
  const said = text?.trim() ?? ""
  const program = /^(?:\S*\/)?(bash|sh)(?=\s|$)/u.exec(said || "bash")?.[1]
  if (program !== "bash" && program !== "sh") return undefined
  const isTemplate = said.includes("{0}")
  const pipefail = said === "bash" || (isTemplate && /\bpipefail\b/u.test(said))
  const goesOn = isTemplate && !endsAtFailure.test(said)
  const optionsFor = (script: string) =>
    (pipefail && pipes.test(script) ? "set -o pipefail\n" : "") + (goesOn && severalCommands.test(script) ? "set +e\n" : "")
  return { program, optionsFor }
}
