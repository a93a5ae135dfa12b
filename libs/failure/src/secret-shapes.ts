/**
 * What a secret looks like. Every expression is linear: repetitions are bounded or disjoint from what follows, and a token starts
 * only where no other token character stands before it, so a hostile line cannot make the search quadratic. Classes are spelled
 * out instead of `\s` and `\w` because lines are matched as the Latin-1 reading of their UTF-8 bytes.
 */
export interface Shape {
  readonly kind: string
  /** A text that every match holds, to pass lines by quickly. */
  readonly hint?: string
  readonly find: RegExp
  /** Two groups: what stays (a name, a scheme) and what goes. Without it the whole match goes. */
  readonly keep?: true
  /** Decides on a match that is only probably a secret. */
  readonly when?: (value: string, before: string) => boolean
}

/** Control characters and the space, as a class's content. */
export const BLANK = String.raw`\x00-\x20`
/** Control characters, as a class's content. */
export const CONTROL = String.raw`\x00-\x1f`

const everywhere = (text: TemplateStringsArray, ...parts: ReadonlyArray<string | number>): RegExp =>
  new RegExp(String.raw(text, ...parts), "gi")

/** No token character before, or an escape such as `\n` inside a JSON string. */
const START = String.raw`(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt"]))`
const token = (kind: string, hint: string, body: string): Shape => ({ kind, hint, find: new RegExp(START + body, "g") })

/** Tokens that their issuers made recognisable. */
export const TOKENS: ReadonlyArray<Shape> = [
  { kind: "github-token", hint: "gh", find: /gh[pousr]_[A-Za-z0-9]{20,}/g },
  { kind: "github-token", hint: "github_pat_", find: /github_pat_[A-Za-z0-9_]{20,}/g },
  token("aws-key-id", "IA", "(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
  { kind: "slack-webhook", hint: "hooks.slack.com", find: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9_/-]{8,}/g },
  token("slack-token", "xox", "xox[abcdeprs]-[A-Za-z0-9-]{8,}"),
  token("api-key", "sk-", "sk-[A-Za-z0-9_-]{16,}"),
  token("stripe-key", "k_", "[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
  token("npm-token", "npm_", "npm_[A-Za-z0-9]{30,}"),
  token("pypi-token", "pypi-", "pypi-A[A-Za-z0-9_-]{16,}"),
  token("gitlab-token", "glpat-", "glpat-[A-Za-z0-9_-]{16,}"),
  token("google-key", "AIza", "AIza[A-Za-z0-9_-]{30,}"),
  token("huggingface-token", "hf_", "hf_[A-Za-z0-9]{30,}"),
  token("digitalocean-token", "_v1_", "do[op]_v1_[a-f0-9]{40,}"),
  token("sendgrid-key", "SG.", String.raw`SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`),
  token("jwt", "eyJ", String.raw`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`),
]

/** Forty characters of an AWS secret key; only looked for beside a key id. */
export const AWS_SECRET: Shape = {
  kind: "aws-secret",
  find: /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g,
  when: (value) => /[a-z]/.test(value) && /[A-Z]/.test(value) && /[0-9]/.test(value),
}

/** `scheme://user:password@host` and `scheme://token@host`. */
export const URLS: ReadonlyArray<Shape> = [
  {
    kind: "url-password",
    find: everywhere`(://[^${BLANK}/:@"'<>[\]]{0,200}:)(?!\[redacted:)([^${BLANK}/"'<>]{1,500})(?=@)`,
    keep: true,
  },
  {
    kind: "url-token",
    find: everywhere`(://)(?!\[redacted:)([^${BLANK}/:@"'<>]{16,500})(?=@)`,
    keep: true,
    when: (value) => /[0-9]/.test(value),
  },
]

const PLACEHOLDER =
  /^(?:\*+$|x{4,}$|\$[{(A-Za-z_]|%[A-Za-z_{]|\{\{|process\.|os\.|env\.|secrets?\.|import\.|(?:true|false|null|nil|none|undefined|string|number|boolean|unknown|object|any|str|int|required|missing|invalid|expected|unexpected|optional|empty|not|is|of|was|must)(?![A-Za-z0-9_]))/i
const SCHEME = /^(?:bearer|basic|token|digest|negotiate|required|failed|header)$/i

/** A word of a sentence, or a type's name: letters only, in a natural casing. */
const isWord = (value: string): boolean => value.length <= 20 && /^[A-Z]?[a-z]+(?:[A-Z][a-z]+){0,6}[.:?!]?$/.test(value)
const isPlainNumber = (value: string): boolean => /^-?[0-9][0-9.,]{0,15}%?$/.test(value)
const looksSecret = (value: string): boolean => !PLACEHOLDER.test(value) && !isPlainNumber(value)

const COLOUR = String.raw`(?:\x1b\[[0-9;]{0,20}m)?`
const QUOTE = "\\\\?[\"'`]?"
const VALUE = `[^${BLANK}"'\`,;<>()&|\\\\]`

/** `password=...`, `"api_key": "..."`, `token => ...`: the name and separator stay. */
const assignment = (kind: string, name: string, least: number, when: NonNullable<Shape["when"]>): Shape => ({
  kind,
  find: everywhere`((?:${name})[A-Z0-9_]{0,30}${QUOTE}${COLOUR}[ \t]{0,3}(?:=>|:=|==?|:)[ \t]{0,3}${COLOUR}[bru]?${QUOTE})(?!\[redacted:)(${VALUE}{${least},})`,
  keep: true,
  when,
})

const PASSWORD_NAMES = "password|passwd|passphrase|(?<![A-Z])pass(?![A-Z])|pwd"
const SECRET_NAMES =
  "token|secret|credentials?|api[_-]?key|(?:access|account|client|private|signing|encryption|license|shared)[_-]?key|_auth(?![A-Z])"

/** What every name below holds. */
export const NAMES = /pass|pwd|token|secret|credential|key|_auth|authorization|bearer|basic|cookie|sig|amz-|-u |--user/i

/** Values that are secret because of the name before them. */
export const NAMED: ReadonlyArray<Shape> = [
  {
    kind: "authorization",
    find: everywhere`(authorization${QUOTE}[ \t]{0,3}[:=][ \t]{0,3}${QUOTE}(?:(?:bearer|basic|token|digest|negotiate)[ \t]{1,3})?)(?!\[redacted:)([^${BLANK}"',;\\]{4,})`,
    keep: true,
    when: (value) => !SCHEME.test(value) && looksSecret(value),
  },
  {
    kind: "bearer",
    find: everywhere`((?<![A-Z0-9])(?:bearer|basic)[ \t]{1,3})(?!\[redacted:)([A-Z0-9+/=._~-]{12,})`,
    keep: true,
    when: (value) => !isWord(value) && !isPlainNumber(value),
  },
  {
    kind: "cookie",
    find: everywhere`((?<![A-Z0-9])(?:set-)?cookie${QUOTE}[ \t]{0,3}:[ \t]{0,3}${QUOTE})(?!\[redacted:)([^${CONTROL}"'\\=]{1,200}=[^${CONTROL}"'\\]{4,})`,
    keep: true,
  },
  {
    kind: "url-signature",
    find: everywhere`([?&](?:sig|signature|x-amz-signature|x-amz-security-token)=)(?!\[redacted:)([A-Z0-9%+/=_-]{16,})`,
    keep: true,
  },
  {
    kind: "argument",
    find: everywhere`(--?[A-Z0-9_-]{0,40}(?:password|passwd|token|secret|api-?key)[ =]["']?)(?!\[redacted:)([^${BLANK}"'[<-][^${BLANK}"']{3,})`,
    keep: true,
    when: (value) => looksSecret(value) && !isWord(value),
  },
  {
    kind: "argument",
    find: everywhere`((?<![A-Z0-9-])(?:-u|--user)[ =]["']?[^${BLANK}:"']{1,100}:)(?!\[redacted:)([^${BLANK}"'/]{3,})`,
    keep: true,
    when: looksSecret,
  },
  assignment("password", PASSWORD_NAMES, 3, (value) => looksSecret(value)),
  assignment(
    "secret",
    SECRET_NAMES,
    6,
    (value, before) =>
      looksSecret(value) &&
      !/^[./~]/.test(value) &&
      (/=["'`]?$/.test(before) || (value.length >= 8 && (!isWord(value) || /["'`]$/.test(before)))),
  ),
]
