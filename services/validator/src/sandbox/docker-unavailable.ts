/** What a failed call to the Docker daemon means, and what a person can do about it. */
import { Option, Schema } from "effect"
import { SandboxUnavailable } from "./Sandbox.ts"

/** The fields that dockerode and the socket put on their errors. */
const DockerFailure = Schema.Struct({
  message: Schema.optionalKey(Schema.String),
  code: Schema.optionalKey(Schema.NullishOr(Schema.String)),
  statusCode: Schema.optionalKey(Schema.NullishOr(Schema.Int)),
})
const decode = Schema.decodeUnknownOption(DockerFailure)

const noDaemon = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EACCES",
  "EPERM",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "FailedToOpenSocket",
  "ConnectionRefused",
])

const unavailable = (reason: string, remedy: string) => new SandboxUnavailable({ sandbox: "docker", reason, remedy })

const imageMissing = (image: string) =>
  unavailable(
    `The sandbox image ${image} is not there.`,
    "Build it with `npm run images`, or name one that is there in CI_HEALING_SANDBOX_IMAGE.",
  )

export const daemonHangs = (within: string) =>
  unavailable(
    `The Docker daemon took a question and did not answer it within ${within}.`,
    "Look at the daemon's log, and restart it if it hangs.",
  )

/** Every failure of the daemon is infrastructure: none of them says anything about the command. */
export const dockerUnavailable = (cause: unknown, image: string): SandboxUnavailable => {
  const { message = String(cause), code, statusCode } = Option.getOrElse(decode(cause), (): typeof DockerFailure.Type => ({}))
  if (statusCode === 404 && /no such image/i.test(message)) return imageMissing(image)
  if (typeof statusCode === "number") return unavailable(`Docker refused: ${message}`, "Look at the daemon's log and at the image.")
  const why = code !== undefined && code !== null && noDaemon.has(code) ? "does not answer" : "broke off"
  return unavailable(`The Docker daemon ${why}: ${message}.`, "Start Docker, correct DOCKER_HOST, or set CI_HEALING_SANDBOX=bubblewrap.")
}
