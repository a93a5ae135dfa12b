/** A moment as runners write it: seven digits after the second. */
export const stamp = (at: Date): string => at.toISOString().replace("Z", "0000Z")

const stamped = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z /u

/** Text with a timestamp before each line, as runners log it; lines that have one keep it. */
export const stampLines = (text: string, at: Date): string =>
  text
    .replace(/\n$/u, "")
    .split("\n")
    .map((line) => `${stamped.test(line) ? line : `${stamp(at)} ${line}`}\n`)
    .join("")

/** What a runner logs before it starts a `run:` step. */
export const runHeader = (script: string, shell: string, env: Readonly<Record<string, string>>): string => {
  const lines = script.replace(/\n$/u, "").split("\n")
  const variables = Object.entries(env).map(([name, value]) => `  ${name}: ${value}`)
  return [
    `##[group]Run ${lines[0]}`,
    ...lines.map((line) => `\u001b[36;1m${line}\u001b[0m`),
    `shell: ${shell}`,
    ...(variables.length === 0 ? [] : ["env:", ...variables]),
    "##[endgroup]",
  ].join("\n")
}

/** What a runner logs for a `uses:` step. */
export const usesHeader = (action: string, inputs: Readonly<Record<string, string>>): string => {
  const lines = Object.entries(inputs).map(([name, value]) => `  ${name}: ${value}`)
  return [`##[group]Run ${action}`, ...(lines.length === 0 ? [] : ["with:", ...lines]), "##[endgroup]"].join("\n")
}

/** What a runner logs when a script ends with another code than 0. */
export const exitError = (code: number): string => `##[error]Process completed with exit code ${code}.`

/** What a runner logs when it sets up a job. */
export const setUpLog = (): string =>
  [
    "Current runner version: '2.329.0'",
    "##[group]Runner Image Provisioner",
    "Hosted Compute Agent",
    "##[endgroup]",
    "##[group]GITHUB_TOKEN Permissions",
    "Contents: read",
    "Metadata: read",
    "##[endgroup]",
    "Secret source: Actions",
    "Prepare workflow directory",
    "Prepare all required actions",
    "Complete job name: ",
  ].join("\n")
