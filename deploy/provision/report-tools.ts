import { installPackages } from "./system-packages.ts"

const tools = ["curl", "jq", "openssl"]

/** The paths of what the GitHub action's script needs, when all of it is on PATH; GitHub's own runners have it. */
export const findReportTools = (): string | undefined => {
  const paths = tools.map((tool) => Bun.which(tool))
  return paths.every((path) => path !== null) ? paths.join(", ") : undefined
}

/** Installs the system's. */
export const installReportTools = (): Promise<void> => installPackages(tools.join(", "), tools, () => findReportTools() !== undefined)
