import type { SourceFile } from "./source-file.ts"
import { svelteCode } from "./svelte-code.ts"

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/
const text = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/
const regex = /(?<=[(,=:[!&|?{};\n>]\s*|\breturn\s+)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/
const skipped = new RegExp(`${regex.source}|${comment.source}|${text.source}`, "g")
const imports = /^(?:import|export)\b[^;"'`]*?\bfrom\s*(?="|')|^import\s*(?="|')/gm

const blank = (found: string): string => found.replaceAll(/[^\n]/g, " ")

const codeOf = ({ path, text: source }: SourceFile): string => (path.endsWith(".svelte") ? svelteCode(source) : source)

/** The file with comments, texts, regular expressions and import clauses blanked out; line numbers stay. */
export const plainCode = (file: SourceFile): SourceFile => ({
  path: file.path,
  text: codeOf(file)
    .replaceAll(imports, blank)
    .replaceAll(skipped, (found) => (/^["'`]/.test(found) ? `""${blank(found).slice(2)}` : blank(found))),
})

/** The file without its comments. */
export const withoutComments = (file: SourceFile): SourceFile => ({
  path: file.path,
  text: codeOf(file).replaceAll(skipped, (found) => (found.startsWith("//") || found.startsWith("/*") ? blank(found) : found)),
})

/** The comments of a file, and nothing else. */
export const commentsOf = (file: SourceFile): SourceFile => {
  const rest = withoutComments(file).text
  return {
    path: file.path,
    text: [...codeOf(file)].map((letter, index) => (letter === "\n" || letter !== rest[index] ? letter : " ")).join(""),
  }
}

export interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

const statement =
  /^(import|export)\b(\s+type\b)?([^;"'`]*?)\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm

/** What a file imports or re-exports, static and dynamic. */
export const importsOf = (file: SourceFile): Array<Import> =>
  [...withoutComments(file).text.matchAll(statement)].map(([, , type, names = "", from, bare, dynamic]) => ({
    from: from ?? bare ?? dynamic ?? "",
    typeOnly: type !== undefined || isAllTypes(names),
  }))

/** `{ type A, type B }` */
const isAllTypes = (names: string): boolean => {
  const list = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1] ?? "everything"
  return list.split(",").every((name) => name.trim() === "" || name.trim().startsWith("type "))
}

const bare = /^(@[^/]+\/[^/]+|[^./][^/]*)/

/** `@scope/name` or `name` of an import from a package; undefined for files of one's own and for the runtime. */
export const packageOf = (from: string): string | undefined =>
  /^(\.|node:|bun(:|$)|\$|virtual:)/.test(from) ? undefined : bare.exec(from)?.[1]
