/** Which package registries the operator uses: from this service's own configuration and its own package managers, never a repository's. */

import { tmpdir } from "node:os"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Config, Effect, Option, Redacted, Schema } from "effect"
import { runToEnd } from "../process/run-to-end.ts"

/** Neither this service nor a package manager says where packages come from. */
export class NoRegistry extends Schema.TaggedError<NoRegistry>()("NoRegistry", {
  ecosystem: Schema.Literals(["npm", "pip", "go", "cargo"]),
}) {}

/** A registry as the proxy reaches it. */
export interface Registry {
  /** Base address, ending in a slash. */
  readonly url: URL
  /** The value of the `Authorization` header. */
  readonly credential: Option.Option<Redacted.Redacted>
  /** Other origins that the registry's own answers point to. */
  readonly files: ReadonlyArray<string>
}

export type Ecosystem = NoRegistry["ecosystem"]

/** The variable that says where an ecosystem's packages come from. */
export const registryVariable: Readonly<Record<Ecosystem, string>> = {
  npm: "CI_HEALING_NPM_REGISTRY",
  pip: "CI_HEALING_PIP_INDEX",
  go: "CI_HEALING_GO_PROXY",
  cargo: "CI_HEALING_CARGO_INDEX",
}

/** Cargo shows a token as it is; who needs a scheme writes it into the token. */
const schemes: Readonly<Record<Ecosystem, string>> = { npm: "Bearer ", pip: "Bearer ", go: "Bearer ", cargo: "" }

const given = (url: string, token: string) => Config.all([Config.option(Config.URL(url)), Config.option(Config.Redacted(token))])

const settings = Config.all({
  npm: given(registryVariable.npm, "CI_HEALING_NPM_TOKEN"),
  pip: given(registryVariable.pip, "CI_HEALING_PIP_TOKEN"),
  go: given(registryVariable.go, "CI_HEALING_GO_TOKEN"),
  cargo: given(registryVariable.cargo, "CI_HEALING_CARGO_TOKEN"),
  path: Config.String("PATH").pipe(Config.withDefault("/usr/local/bin:/usr/bin:/bin")),
  home: Config.String("HOME").pipe(Config.withDefault("/root")),
})

/**
 * Each package manager knows what it is set to, and pip also where the public index keeps its files. Cargo cannot be asked: the index that
 * its settings put in place of the public one is read from there.
 */
const questions: Readonly<Record<Ecosystem, string>> = {
  npm: "npm config get registry",
  pip: `python3 -c 'if True:
    from pip._internal.configuration import Configuration
    from pip._internal.models.index import PyPI
    settings = Configuration(isolated=False)
    settings.load()
    given = dict(settings.items())
    index = given.get("global.index-url") or given.get(":env:.index-url")
    print(index or PyPI.simple_url)
    print("" if index else "https://" + PyPI.file_storage_domain)'`,
  go: "go env GOPROXY | tr ',|' '\\n\\n' | grep -m 1 ^http",
  cargo: `sed -nE '/^\\[source\\.[^]]*\\]/,/^$/ s#^registry *= *"sparse[+](http[^"]*)".*#\\1#p' "$HOME/.cargo/config.toml" 2>/dev/null | grep . || echo https://index.crates.io/`,
}

const baseOf = (text: string): URL => new URL(text.endsWith("/") ? text : `${text}/`)

const addressesIn = (output: string): ReadonlyArray<string> =>
  output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^https?:\/\/\S+$/u.test(line))

/**
 * The registry for an ecosystem: the service's variable, else what this machine's package manager is set to (asked where no project's
 * settings can be in the way), else the default of the sandbox's own. Fails when nobody knows one.
 */
export const registryFor = Effect.fn("registry.for")(function* <E, R>(
  ecosystem: Ecosystem,
  askInside: (command: string) => Effect.Effect<string, E, R>,
) {
  const { path, home, ...registries } = yield* settings
  const [given, token] = registries[ecosystem]
  const found = Option.isSome(given) ? [given.value.href] : yield* askFor(ecosystem, { path, home }, askInside)
  const [address, ...files] = found
  if (address === undefined) return yield* new NoRegistry({ ecosystem })
  const credential = Option.map(token, (text) => Redacted.make(schemes[ecosystem] + Redacted.value(text)))
  const registry: Registry = { url: baseOf(address), credential, files: Option.isSome(given) ? [] : files }
  return ecosystem === "cargo" ? { ...registry, files: yield* placeOfCrates(registry) } : registry
})

/** Stands for the registry and the credential that the variables name, and tells neither: with another mark, another outcome is to be had. */
export const registryMark = Effect.fn("registry.mark")(function* (ecosystem: Ecosystem) {
  const [address, token] = (yield* settings)[ecosystem]
  const said = JSON.stringify([Option.map(address, ({ href }) => href), Option.map(token, Redacted.value)])
  return sha256Hex(said).slice(0, 16)
})

/** The addresses that a package manager is set to: this machine's, else the sandbox's own. */
const askFor = Effect.fnUntraced(function* <E, R>(
  ecosystem: Ecosystem,
  { path, home }: { readonly path: string; readonly home: string },
  askInside: (command: string) => Effect.Effect<string, E, R>,
) {
  const question = questions[ecosystem]
  const outside = yield* runToEnd(["env", "-C", tmpdir(), "sh", "-c", question], { PATH: path, HOME: home })
  const found = outside.code === 0 ? addressesIn(outside.output) : []
  return found.length > 0 ? found : addressesIn(yield* askInside(question))
})

const IndexSettings = Schema.Struct({ dl: Schema.String })
const decodeIndexSettings = Schema.decodeUnknownOption(IndexSettings)
const indexAnswersWithin = 20_000

/** An index of crates says where they are; nothing, while it does not answer: the installation will say so. */
const placeOfCrates = ({ url, credential }: Registry) =>
  Effect.promise(async (): Promise<ReadonlyArray<string>> => {
    try {
      const headers = Option.isSome(credential) ? { authorization: Redacted.value(credential.value) } : {}
      const answer = await fetch(new URL("config.json", url), { headers, signal: AbortSignal.timeout(indexAnswersWithin) })
      const settings = decodeIndexSettings(await answer.json())
      return settings._tag === "None"
        ? []
        : [new URL(settings.value.dl.replace(/\{.*$/u, ""), url).origin].filter((origin) => origin !== url.origin)
    } catch {
      return []
    }
  })
