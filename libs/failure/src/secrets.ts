import { AWS_SECRET, BLANK, CONTROL, NAMED, NAMES, type Shape, TOKENS, URLS } from "./secret-shapes.ts"

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/
const STAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}Z /
const KEY_HEADER = `(?:Proc-Type|DEK-Info|Version|Comment): [^${CONTROL}]{1,120}`
const KEY_BODY = new RegExp(
  `^[${BLANK}]*(?:(?:[^${CONTROL}]{0,60}[ |])?[A-Za-z0-9+/=_-]{40,120}|[A-Za-z0-9+/=_-]{1,120}|${KEY_HEADER})?[${BLANK}]*$`,
)
/** Lines of a private key without its end before the rest is taken for ordinary text. */
const MAX_KEY_LINES = 400

/** Removes secrets line by line; remembers only whether a private key's block is open, and how many secrets it has removed. */
export class SecretLines {
  count = 0
  #keyLines = 0
  #margin = ""
  readonly #values: ReadonlyArray<string>

  /** `values`: secrets known by value; longer ones go first so that one inside another does not hide it. */
  constructor(values: ReadonlyArray<string> = []) {
    this.#values = [...values].sort((a, b) => b.length - a.length)
  }

  /** Whether the next line belongs to a private key, however harmless it looks. */
  get open(): boolean {
    return this.#keyLines > 0
  }

  /** One line without its line feed. */
  redact(line: string): string {
    const text = this.#keyLines > 0 ? this.#insideKey(line) : this.#beforeKey(line)
    return text === "" ? "" : this.#shapes(this.#known(text))
  }

  #known(line: string): string {
    let text = line
    for (const value of this.#values) {
      if (!text.includes(value)) continue
      const pieces = text.split(value)
      this.count += pieces.length - 1
      text = pieces.join("[redacted:known]")
    }
    return text
  }

  #shapes(line: string): string {
    let text = line
    if (line.includes("AKIA") || line.includes("ASIA")) text = this.#apply(AWS_SECRET, text)
    for (const shape of TOKENS) if (shape.hint === undefined || text.includes(shape.hint)) text = this.#apply(shape, text)
    if (text.includes("://") && text.includes("@")) for (const shape of URLS) text = this.#apply(shape, text)
    if (NAMES.test(text)) for (const shape of NAMED) text = this.#apply(shape, text)
    return text
  }

  #apply(shape: Shape, line: string): string {
    return line.replace(shape.find, (whole: string, first: unknown, second: unknown) => {
      const before = shape.keep === true ? String(first) : ""
      const value = shape.keep === true ? String(second) : whole
      if (shape.when !== undefined && !shape.when(value, before)) return whole
      this.count += 1
      return `${before}[redacted:${shape.kind}]`
    })
  }

  /** A line inside a block loses its content but stays a line. */
  #insideKey(line: string): string {
    const bare = line.replace(STAMP, "")
    const body = bare.startsWith(this.#margin) ? bare.slice(this.#margin.length) : bare
    const end = KEY_END.exec(body)
    const inside = end === null && this.#keyLines < MAX_KEY_LINES && KEY_BODY.test(body)
    this.#keyLines = inside ? this.#keyLines + 1 : 0
    if (inside) return ""
    return end === null ? this.#beforeKey(line) : this.#beforeKey(body.slice(end.index + end[0].length))
  }

  #beforeKey(line: string): string {
    let done = ""
    let rest = line
    for (let begin = KEY_BEGIN.exec(rest); begin !== null; begin = KEY_BEGIN.exec(rest)) {
      const before = rest.slice(0, begin.index)
      const inside = rest.slice(begin.index + begin[0].length)
      const end = KEY_END.exec(inside)
      if (end === null && inside.trim() !== "" && !/[A-Za-z0-9+/=_-]{16}/.test(inside)) return done + rest
      this.count += 1
      done += `${before}[redacted:private-key]`
      rest = end === null ? "" : inside.slice(end.index + end[0].length)
      if (end === null) this.#open(before)
    }
    return done + rest
  }

  #open(margin: string): void {
    this.#keyLines = 1
    this.#margin = margin.replace(STAMP, "")
  }
}
