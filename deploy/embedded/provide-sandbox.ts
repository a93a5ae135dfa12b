import { buildSandboxImage } from "../images/build-sandbox-image.ts"
import { CannotProvide, say } from "../provision/say.ts"
import { provideBubblewrap } from "../provision.ts"

/** What may be said about the sandbox: the variables of the validator's own settings. */
type Told = Readonly<Record<string, string | undefined>>

const defaultHost = "unix:///var/run/docker.sock"

/** Whether a Docker daemon answers there. */
const answers = async (host: string) => {
  const [scheme = "", place = ""] = host.split("://")
  const signal = AbortSignal.timeout(2_000)
  const ping = () =>
    scheme === "unix" ? fetch("http://docker/_ping", { unix: place, signal }) : fetch(`http://${place}/_ping`, { signal })
  return ping().then(
    ({ ok }) => ok,
    () => false,
  )
}

/**
 * Makes a sandbox ready here and gives the settings that name it: Docker with its image where a daemon answers, else bubblewrap.
 * `CI_HEALING_SANDBOX` may ask for one of them, which is then had or refused with CannotProvide. An image that `CI_HEALING_SANDBOX_IMAGE`
 * names is its owner's to make, and so is one in a daemon that is on another machine.
 */
export const provideSandbox = async (
  told: Told = Bun.env,
  buildImage: (socket: string) => Promise<unknown> = buildSandboxImage,
  unpackBubblewrap: () => Promise<string> = provideBubblewrap,
): Promise<Record<string, string>> => {
  const wanted = told["CI_HEALING_SANDBOX"] || "auto"
  const host = told["DOCKER_HOST"] || defaultHost
  if (wanted !== "bubblewrap") {
    const isOurs = !told["CI_HEALING_SANDBOX_IMAGE"] && host.startsWith("unix://")
    try {
      if (!(await answers(host)))
        throw new CannotProvide(
          `No Docker daemon answers at ${host}. Run: sudo apt-get install -y docker.io && sudo systemctl start docker`,
        )
      if (isOurs) await buildImage(host.replace("unix://", ""))
      return { CI_HEALING_SANDBOX: "docker" }
    } catch (error) {
      if (wanted === "docker" || !(error instanceof CannotProvide)) throw error
      say(`sandbox: without Docker. ${error.message}`)
    }
  }
  return { CI_HEALING_SANDBOX: "bubblewrap", CI_HEALING_SANDBOX_BUBBLEWRAP: await unpackBubblewrap() }
}
