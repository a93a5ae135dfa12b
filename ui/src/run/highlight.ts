import type { Emitter, LanguageFn } from "highlight.js"
import hljs from "highlight.js/lib/core"

/** A piece of a line in one colour. `scope`: what it is, `keyword` or `string` for instance; empty for plain text. */
export interface Token {
  readonly text: string
  readonly scope: string
}

type Load = () => Promise<{ default: LanguageFn }>
const [javascript, typescript, python, cpp, yaml, xml, bash]: [Load, Load, Load, Load, Load, Load, Load] = [
  () => import("highlight.js/lib/languages/javascript"),
  () => import("highlight.js/lib/languages/typescript"),
  () => import("highlight.js/lib/languages/python"),
  () => import("highlight.js/lib/languages/cpp"),
  () => import("highlight.js/lib/languages/yaml"),
  () => import("highlight.js/lib/languages/xml"),
  () => import("highlight.js/lib/languages/bash"),
]
const byExtension: Readonly<Record<string, Load>> = {
  ...{ js: javascript, jsx: javascript, mjs: javascript, cjs: javascript },
  ...{ ts: typescript, tsx: typescript, mts: typescript, cts: typescript },
  ...{ py: python, c: cpp, h: cpp, cc: cpp, cpp, hpp: cpp, yml: yaml, yaml, sh: bash, bash },
  ...{ html: xml, xml, svg: xml, vue: xml, svelte: xml },
  css: () => import("highlight.js/lib/languages/css"),
  scss: () => import("highlight.js/lib/languages/scss"),
  go: () => import("highlight.js/lib/languages/go"),
  rs: () => import("highlight.js/lib/languages/rust"),
  java: () => import("highlight.js/lib/languages/java"),
  kt: () => import("highlight.js/lib/languages/kotlin"),
  cs: () => import("highlight.js/lib/languages/csharp"),
  rb: () => import("highlight.js/lib/languages/ruby"),
  php: () => import("highlight.js/lib/languages/php"),
  swift: () => import("highlight.js/lib/languages/swift"),
  scala: () => import("highlight.js/lib/languages/scala"),
  sql: () => import("highlight.js/lib/languages/sql"),
  json: () => import("highlight.js/lib/languages/json"),
  toml: () => import("highlight.js/lib/languages/ini"),
  ini: () => import("highlight.js/lib/languages/ini"),
}

/** Takes what the highlighter finds as tokens: no markup is ever made of it. */
class Tokens implements Emitter {
  readonly found: Array<Token> = []
  readonly #scopes: Array<string> = []
  addText(text: string) {
    this.found.push({ text, scope: this.#scopes.at(-1) ?? "" })
  }
  openNode(name: string) {
    this.#scopes.push(name.split(".")[0] ?? "")
  }
  closeNode() {
    this.#scopes.pop()
  }
  startScope(name: string) {
    this.openNode(name)
  }
  endScope() {
    this.closeNode()
  }
  __addSublanguage(other: Emitter) {
    if (other instanceof Tokens) this.found.push(...other.found)
  }
  finalize() {}
  toHTML() {
    return ""
  }
}
hljs.configure({ __emitter: Tokens })

/** Tokens cut at line feeds, one list per line. */
const linesOfTokens = (tokens: ReadonlyArray<Token>): ReadonlyArray<ReadonlyArray<Token>> => {
  const lines: Array<Array<Token>> = [[]]
  for (const { text, scope } of tokens) {
    for (const [n, part] of text.split("\n").entries()) {
      if (n > 0) lines.push([])
      if (part !== "") lines.at(-1)?.push({ text: part, scope })
    }
  }
  return lines
}

export type Highlighter = (text: string) => ReadonlyArray<ReadonlyArray<Token>>

/** How to colour a file of this name, line by line; undefined for a language that is not known here. Fetches the language when it is first wanted. */
export const highlighterFor = async (path: string): Promise<Highlighter | undefined> => {
  const extension = /\.([a-z0-9]+)$/iu.exec(path)?.[1]?.toLowerCase() ?? ""
  const load = Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined
  if (load === undefined) return undefined
  if (hljs.getLanguage(extension) === undefined) hljs.registerLanguage(extension, (await load()).default)
  return (text) => {
    const { _emitter } = hljs.highlight(text, { language: extension, ignoreIllegals: true })
    return _emitter instanceof Tokens ? linesOfTokens(_emitter.found) : []
  }
}
