import { existsSync } from "node:fs"
import { buildSandboxImage } from "../images/build-sandbox-image.ts"
import { provideBubblewrap } from "../provision.ts"

const systemSocket = "/var/run/docker.sock"

/** Whether a Docker daemon answers on this machine. */
const dockerAnswers = async () => {
  if (!existsSync(systemSocket)) return false
  try {
    return (await fetch("http://docker/_ping", { unix: systemSocket, signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}

/**
 * Makes a sandbox ready here and gives the settings that name it: Docker with its image where a daemon answers, else bubblewrap, which
 * `CI_HEALING_SANDBOX=bubblewrap` also asks for.
 */
export const provideSandbox = async (): Promise<Record<string, string>> => {
  if (Bun.env["CI_HEALING_SANDBOX"] !== "bubblewrap" && (await dockerAnswers())) {
    await buildSandboxImage(systemSocket)
    return { CI_HEALING_SANDBOX: "docker" }
  }
  return { CI_HEALING_SANDBOX: "bubblewrap", CI_HEALING_SANDBOX_BUBBLEWRAP: await provideBubblewrap() }
}
