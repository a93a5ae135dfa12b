import type { ObjectReader } from "./object-reader.ts"
import { writeObject } from "./object-writer.ts"

/** Who signed a commit and when (RFC 3339, UTC). */
export interface Signature {
  readonly name: string
  readonly email: string
  readonly date: string
}

/** A commit as git stores it; the message without its last line end. */
export interface Commit {
  readonly oid: string
  readonly tree: string
  readonly parents: ReadonlyArray<string>
  readonly author: Signature
  readonly committer: Signature
  readonly message: string
}

const signature = (text: string): Signature => {
  const found = /^(.*) <(.*)> (\d+) [+-]\d{4}$/u.exec(text)
  const seconds = Number(found?.[3] ?? 0)
  return { name: found?.[1] ?? "", email: found?.[2] ?? "", date: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` }
}

/** Reads a commit object. */
export const parseCommit = (oid: string, content: Buffer): Commit => {
  const text = content.toString("utf8")
  const split = text.indexOf("\n\n")
  const headers = (split < 0 ? text : text.slice(0, split))
    .split("\n")
    .map((line) => [line.split(" ", 1)[0], line.slice(line.indexOf(" ") + 1)])
  const header = (name: string): string => headers.find(([key]) => key === name)?.[1] ?? ""
  return {
    oid,
    tree: header("tree"),
    parents: headers.flatMap(([key, value]) => (key === "parent" && value !== undefined ? [value] : [])),
    author: signature(header("author")),
    committer: signature(header("committer")),
    message: split < 0 ? "" : text.slice(split + 2).replace(/\n$/u, ""),
  }
}

/** Angle brackets and line ends would break the object. */
const clean = (text: string): string => text.replace(/[<>\n\0]/gu, "").trim()

const printSignature = (who: Signature): string => {
  const seconds = Math.floor(Date.parse(who.date) / 1000)
  return `${clean(who.name)} <${clean(who.email)}> ${Number.isFinite(seconds) ? seconds : 0} +0000`
}

/** Writes a commit. The same content gives the same id, whenever and wherever it is written. */
export const writeCommit = (gitDirectory: string, commit: Omit<Commit, "oid">): string =>
  writeObject(
    gitDirectory,
    "commit",
    Buffer.from(
      [
        `tree ${commit.tree}`,
        ...commit.parents.map((parent) => `parent ${parent}`),
        `author ${printSignature(commit.author)}`,
        `committer ${printSignature(commit.committer)}`,
        "",
        commit.message,
      ].join("\n"),
    ),
  )

const full = /^[0-9a-f]{40}$/u
const short = /^[0-9a-f]{4,39}$/u
const unsafe = /[\s~^:?*[\\\p{Cc}]|\.\.|@\{|^-|\/\/|^\/|\/$|\.lock$|\.$/u

/** Whether git would take this name for a ref (`heads/x` or `refs/heads/x`). */
export const isRefName = (name: string): boolean => name !== "" && !unsafe.test(name)

/** The commit a client means: an id, a shortened one, a branch or a tag, tried as GitHub does. */
export const findCommit = async (reader: ObjectReader, name: string): Promise<Commit | undefined> => {
  const candidates = full.test(name)
    ? [name]
    : isRefName(name)
      ? [
          `refs/heads/${name}`,
          `refs/tags/${name}`,
          `refs/${name}`,
          name.startsWith("refs/") ? name : "",
          name === "HEAD" || short.test(name) ? name : "",
        ]
      : []
  for (const candidate of candidates) {
    const found = candidate === "" ? undefined : await reader.read(`${candidate}^{commit}`)
    if (found?.type === "commit") return parseCommit(found.oid, found.content)
  }
  return undefined
}
