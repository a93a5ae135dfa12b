/** Places where runners and sandboxes keep a checkout; what follows is relative to the repository. */
const CHECKOUTS = [
  /^\/home\/runner\/work\/[^/]+\/[^/]+\//,
  /^\/__w\/[^/]+\/[^/]+\//,
  /^\/github\/workspace\//,
  /^\/builds\/[^/]+\/[^/]+\//,
  /^\/(?:workspace|workspaces\/[^/]+|app|repo|code|src)\//,
  /^[A-Za-z]:\/a\/[^/]+\/[^/]+\//,
]
const OTHERS =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|\.cargo|\.pnpm|\.yarn|rustc|lib\/python3[^/]*|target\/debug|go\/pkg\/mod)\/|^(?:node|bun|internal|webpack|<)[:<]?|^\/(?:usr|opt|lib|root|proc|etc|tmp\/_)/
const KNOWN_TOP = /^.*?\/((?:src|lib|libs|test|tests|spec|specs|packages|apps|services|internal|cmd|pkg)\/.+)$/

/** A file with a position, in the ways that tools write it. Bounded, so that no line makes the search slow. */
const PLACES: ReadonlyArray<RegExp> = [
  /(?:file:\/\/)?((?:[A-Za-z]:)?[\w@./\\+-]{0,200}[\w@+-]\.[A-Za-z]{1,10}):\d{1,7}(?::\d{1,7})?/g,
  /([\w@./\\+-]{0,200}[\w@+-]\.[A-Za-z]{1,10})[([]:?\[?\d{1,7}(?:,\d{1,7})?[)\]]/g,
  /File "([^"<>]{1,300})", line \d{1,7}/g,
  /([\w@./\\+-]{0,200}[\w@+-]\.java):\[\d/g,
  /^ ?FAIL {1,2}(?:\|[^|]{1,40}\| )?([\w@./\\+-]{1,200}\.(?:[cm]?[jt]sx?|vue|svelte))(?![\w/])/gm,
  /^\[warn\] ([\w@./\\+-]{1,200}\.[A-Za-z]{1,10})$/gm,
  /^([\w@./\\+-]{1,200}\.[A-Za-z]{1,10})(?::\d+:\d+)? (?:lint\/|format\b|parse\b)/gm,
  /^((?:\/|[A-Za-z]:[\\/]|\.\/)?[\w@./\\+-]{1,200}\.[cm]?[jt]sx?)$/gm,
  /\(((?:\/|[A-Za-z]:)[\w@./\\+-]{1,300}\.py)\)/g,
  /(?:ERROR collecting|^FAILED|^ERROR) ([\w@./\\+-]{1,200}\.py)/gm,
]

/** Repository-relative paths that a digest's text points at, in order of appearance, at most 20. `roots`: other places of the checkout. */
export const suspectFiles = (text: string, roots: ReadonlyArray<string> = []): ReadonlyArray<string> => {
  const placed = text.replace(JAVA_FRAME, javaFile)
  const found = PLACES.flatMap((pattern) => Array.from(placed.matchAll(pattern), (match) => ({ at: match.index, path: match[1] ?? "" })))
  const paths = found.sort((a, b) => a.at - b.at).map(({ path }) => repositoryPath(path, roots))
  return [...new Set(paths.filter((path) => path !== undefined))].slice(0, 20)
}

/** `at com.example.CalcTest.adds(CalcTest.java:14)`: only the package says where the file stands. */
const JAVA_FRAME = /\bat ((?:[a-z_]\w{0,60}\.){1,12})([A-Z]\w{0,100})\S{0,200}\((\w{1,100})\.java:(\d{1,7})\)/g

const javaFile = (_: string, packages: string, type: string, file: string, line: string): string => {
  const root = /Tests?$|^Test|IT$/.test(type) ? "src/test/java/" : "src/main/java/"
  return `at ${root}${packages.replaceAll(".", "/")}${file}.java:${line}`
}

/** A path as the repository has it; nothing for files of others and for what lies outside. */
export const repositoryPath = (written: string, roots: ReadonlyArray<string> = []): string | undefined => {
  const path = written.replaceAll("\\", "/").replace(/^file:\/\//, "")
  const root = roots.map((each) => (each.endsWith("/") ? each : `${each}/`)).find((each) => path.startsWith(each))
  const checkout = root === undefined ? CHECKOUTS.find((pattern) => pattern.test(path)) : undefined
  const inside = root === undefined ? path.replace(checkout ?? /^\.\//, "") : path.slice(root.length)
  if (OTHERS.test(inside) || /(?:^|\/)\.\.(?:\/|$)/.test(inside)) return undefined
  const relative = /^(?:\/|[A-Za-z]:)/.test(inside) ? KNOWN_TOP.exec(inside)?.[1] : inside.replace(/^(?:\.\/)+/, "")
  return relative === undefined || relative === "" || relative.length > 500 ? undefined : relative
}
