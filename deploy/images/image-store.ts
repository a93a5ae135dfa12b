/** The few things that making an image asks of the Docker daemon, over its socket: a command-line client may be missing. */
import { Schema } from "effect"

const Inspected = Schema.Struct({
  Id: Schema.String,
  Size: Schema.Number,
  Config: Schema.NullOr(Schema.Struct({ Labels: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.String))) })),
})
const decodeInspected = Schema.decodeUnknownSync(Inspected)

const Progress = Schema.Struct({ error: Schema.optionalKey(Schema.String), stream: Schema.optionalKey(Schema.String) })
const decodeProgress = Schema.decodeUnknownSync(Schema.fromJsonString(Progress))

export interface Image {
  readonly id: string
  readonly megabytes: number
  readonly labels: Readonly<Record<string, string>>
}

const call = (socket: string, path: string, init: RequestInit = {}) => fetch(`http://docker${path}`, { ...init, unix: socket })

/** Undefined when there is no such image. */
export const inspectImage = async (socket: string, name: string): Promise<Image | undefined> => {
  const answer = await call(socket, `/images/${name}/json`)
  if (answer.status === 404) return undefined
  const { Id, Size, Config } = decodeInspected(await answer.json())
  return { id: Id, megabytes: Math.round(Size / 1e6), labels: Config?.Labels ?? {} }
}

/** Reads the daemon's progress to its end; an error in it is the call's. */
const finish = async (answer: Response, say: (line: string) => void): Promise<void> => {
  const text = await answer.text()
  for (const line of text.split("\n").filter((part) => part.trim().startsWith("{"))) {
    const { error, stream = "" } = decodeProgress(line)
    if (stream.startsWith("Step ")) say(`  ${stream.trim()}`)
    if (error !== undefined) throw new Error(error)
  }
  if (!answer.ok) throw new Error(text.slice(0, 500))
}

const split = (name: string) => ({ repository: name.slice(0, name.lastIndexOf(":")), tag: name.slice(name.lastIndexOf(":") + 1) })

/** True when the base image is here or could be had. */
export const pull = async (socket: string, name: string, atMost: number): Promise<boolean> => {
  if ((await inspectImage(socket, name)) !== undefined) return true
  const { repository, tag } = split(name)
  try {
    const query = new URLSearchParams({ fromImage: repository, tag })
    await finish(await call(socket, `/images/create?${query}`, { method: "POST", signal: AbortSignal.timeout(atMost) }), () => undefined)
    return true
  } catch {
    return false
  }
}

/** Sends a directory as tar while it is being read. */
const send = async (socket: string, path: string, directory: string, say: (line: string) => void) => {
  const tar = Bun.spawn(["tar", "--create", "--directory", directory, "--numeric-owner", "."], { stdout: "pipe" })
  const headers = { "content-type": "application/x-tar" }
  await finish(await call(socket, path, { method: "POST", body: tar.stdout, headers }), say)
  if ((await tar.exited) !== 0) throw new Error(`tar ended with ${tar.exitCode}`)
}

/** Makes an image of one layer from a directory; `changes` are Dockerfile lines. */
export const importImage = (socket: string, name: string, directory: string, changes: ReadonlyArray<string>): Promise<void> => {
  const { repository, tag } = split(name)
  const query = new URLSearchParams([
    ["fromSrc", "-"],
    ["repo", repository],
    ["tag", tag],
    ...changes.map((change): [string, string] => ["changes", change]),
  ])
  return send(socket, `/images/create?${query}`, directory, () => undefined)
}

/** Builds a Dockerfile whose context is its own directory. */
export const buildImage = (
  socket: string,
  given: {
    readonly name: string
    readonly directory: string
    readonly dockerfile: string
    readonly labels: Readonly<Record<string, string>>
  },
  say: (line: string) => void,
): Promise<void> => {
  const query = new URLSearchParams({ dockerfile: given.dockerfile, t: given.name, labels: JSON.stringify(given.labels) })
  return send(socket, `/build?${query}`, given.directory, say)
}
