/** The code of a component: its scripts, and the expressions of its markup. Pure. */

const script = /<script\b[^>]*>([\s\S]*?)<\/script>/g
const notCode = /<(script|style)\b[^>]*>[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g
const each = /\{#each\b[\s\S]*?\bas\s+(?:\{[^}]*\}|\[[^\]]*\]|\w+)/g

const blank = (found: string): string => found.replaceAll(/[^\n]/g, " ")

/** Markup with everything outside of braces blanked out; `as` of an each block names an item and casts nothing. */
const expressions = (markup: string): string => {
  let depth = 0
  return [...markup.replaceAll(notCode, blank).replaceAll(each, (found) => found.replace(/\bas\b/g, "  "))]
    .map((letter) => {
      if (letter === "{") depth += 1
      const inside = depth > 0
      if (letter === "}") depth = Math.max(0, depth - 1)
      return inside || letter === "\n" ? letter : " "
    })
    .join("")
}

/** The text of a `.svelte` file without its words and styles; every line stays where it was. */
export const svelteCode = (text: string): string => {
  const code = [...expressions(text)]
  for (const found of text.matchAll(script)) {
    const start = found.index + found[0].indexOf(">") + 1
    for (const [offset, letter] of [...(found[1] ?? "")].entries()) code[start + offset] = letter
  }
  return code.join("")
}
