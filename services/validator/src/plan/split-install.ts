/**
 * Takes apart what a workflow step runs: what installs dependencies (done beforehand, where there is a network), what cannot work without
 * a network, and the rest, which is what must be green.
 */
export interface SplitStep {
  readonly installs: ReadonlyArray<string>
  /** Commands left out because they talk to the outside, or to git: a view has no history. */
  readonly outside: ReadonlyArray<string>
  /** What is left; empty when nothing is. */
  readonly rest: string
}

const installs =
  /^(?:npm (?:ci|clean-install|i|install|add)\b|yarn(?: install\b.*| --\S+)*$|pnpm (?:i|install|add|fetch)\b|bun (?:i|install|add)\b|corepack |pip3? install\b|python3? -m (?:pip install|ensurepip|venv)\b|pipx install|poetry (?:install|config|lock)\b|uv (?:sync|pip install|venv|tool install)\b|pipenv (?:install|sync)\b|conda |mamba |go (?:mod (?:download|tidy|vendor)|get|install)\b|cargo (?:fetch|install|binstall)\b|rustup |bundle (?:install|config)\b|gem install|apt(?:-get)? |apk |brew |yum |dnf |composer install|dotnet restore|npx (?:--yes )?playwright install|playwright install|nvm )/u

const outside =
  /^(?:curl |wget |bash <\(curl|git |docker(?:-compose)? |gh |aws |gcloud |az |kubectl |helm |ssh |scp |rsync |npm (?:publish|audit)\b|yarn (?:publish|audit|npm)\b|pnpm (?:publish|audit)\b|twine |codecov|npx (?:codecov|coveralls|semantic-release)|coveralls|cargo publish|vercel |netlify )/u

/** What tests nothing by itself. */
const preparation = /^(?:set [-+]|cd |pushd |popd|echo |export |true$|:$)/u

/** Shell text that cannot be cut at line ends and `&&` without understanding it. */
const compound = /<<|^\s*(?:if|for|while|until|case|function)\b|\(\)\s*\{|^\s*\{|\|\|/mu

/** Cuts at `&&` and `;` outside quotes. */
export const segmentsOf = (line: string): ReadonlyArray<string> => {
  const segments = [""]
  let quote = ""
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? ""
    if (quote === "" && (char === ";" || line.startsWith("&&", at))) {
      segments.push("")
      if (char === "&") at += 1
      continue
    }
    if (quote === char) quote = ""
    else if (quote === "" && (char === "'" || char === '"')) quote = char
    segments.push((segments.pop() ?? "") + char)
  }
  return segments.map((segment) => segment.trim()).filter((segment) => segment !== "")
}

/** The command without what stands before it: assignments, `sudo`. */
const bare = (segment: string): string => segment.replace(/^(?:(?:[A-Za-z_]\w*=\S*|sudo(?: -\w+)*|time|command|exec)\s+)+/u, "")

export const splitInstall = (run: string): SplitStep => {
  const text = run.replace(/\\\r?\n\s*/gu, " ").trim()
  if (compound.test(text)) return { installs: [], outside: [], rest: run.trim() }
  const found: Array<string> = []
  const left: Array<string> = []
  const rest: Array<string> = []
  for (const line of text.split(/\r?\n/u)) {
    if (line.trim().startsWith("#")) continue
    const segments = segmentsOf(line)
    const moves = segments.filter((segment) => /^(?:cd|pushd) /u.test(segment))
    const kept = segments.filter((segment) => {
      const command = bare(segment)
      if (installs.test(command)) found.push([...moves, segment].join(" && "))
      else if (outside.test(command)) left.push(segment)
      else return true
      return false
    })
    if (kept.length === segments.length) rest.push(line)
    else if (kept.length > moves.length) rest.push(kept.join(" && "))
  }
  const meaningful = rest.some((line) => segmentsOf(line).some((segment) => !preparation.test(segment)))
  return { installs: found, outside: left, rest: meaningful ? rest.join("\n").trim() : "" }
}
