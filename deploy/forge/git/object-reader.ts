import { gitEnvironment } from "./run-git.ts"

/** A blob, tree, commit or tag, unpacked. */
export interface GitObject {
  readonly oid: string
  readonly type: string
  readonly content: Buffer
}

/**
 * Reads objects of one repository through a single `git cat-file --batch`, which sees objects and refs written after it
 * started. Reads are answered one after the other.
 */
export class ObjectReader {
  readonly #git: string
  #child: ReturnType<typeof start> | undefined
  #last: Promise<unknown> = Promise.resolve()
  #rest: Buffer = Buffer.alloc(0)

  constructor(gitDirectory: string) {
    this.#git = gitDirectory
  }

  /** The object that a name (an id, or a full ref) leads to; undefined when there is none. */
  read(name: string): Promise<GitObject | undefined> {
    const answer = this.#last.then(() => this.#ask(name))
    // After a failed read it is unknown where the next answer begins: start afresh.
    this.#last = answer.catch(() => this.#end())
    return answer
  }

  /** Ends the process once what was asked is answered; a later read starts another. */
  close(): void {
    this.#last = this.#last.then(() => this.#end())
  }

  #end(): void {
    this.#child?.process.kill()
    this.#child = undefined
  }

  async #ask(name: string): Promise<GitObject | undefined> {
    if (name === "" || /\s/u.test(name)) return undefined
    if (this.#child === undefined || this.#child.process.exitCode !== null) {
      this.#child = start(this.#git)
      this.#rest = Buffer.alloc(0)
    }
    const { process, chunks } = this.#child
    process.stdin.write(`${name}\n`)
    await process.stdin.flush()
    let end = this.#rest.indexOf(10)
    while (end < 0) {
      await this.#more(chunks)
      end = this.#rest.indexOf(10)
    }
    const [oid = "", type = "", size = ""] = this.#rest.subarray(0, end).toString().split(" ")
    if (!/^\d+$/u.test(size)) {
      this.#rest = this.#rest.subarray(end + 1)
      return undefined
    }
    const stop = end + 1 + Number(size)
    const parts = [this.#rest]
    for (let have = this.#rest.length; have <= stop; ) {
      const { value, done } = await chunks.next()
      if (done || value === undefined) throw new Error(`git cat-file ended while it read ${name}`)
      parts.push(Buffer.from(value))
      have += value.length
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts)
    this.#rest = all.subarray(stop + 1)
    return { oid, type, content: all.subarray(end + 1, stop) }
  }

  async #more(chunks: AsyncIterator<Uint8Array>): Promise<void> {
    const { value, done } = await chunks.next()
    if (done || value === undefined) throw new Error("git cat-file ended")
    this.#rest = this.#rest.length === 0 ? Buffer.from(value) : Buffer.concat([this.#rest, value])
  }
}

const start = (gitDirectory: string) => {
  const process = Bun.spawn(["git", "cat-file", "--batch"], {
    cwd: gitDirectory,
    env: gitEnvironment(),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
  })
  process.unref()
  return { process, chunks: process.stdout[Symbol.asyncIterator]() }
}
