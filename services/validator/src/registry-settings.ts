/** Which package registries the operator uses: from this service's own configuration and its own package managers, never a repository's. */
import { tmpdir } from "node:os"
import { Config, Effect, Option, type Redacted, Schema } from "effect"
import { runToEnd } from "./run-to-end.ts"

/** Neither this service nor a package manager says where packages come from. */
export class NoRegistry extends Schema.TaggedError<NoRegistry>()("NoRegistry", { ecosystem: Schema.Literals(["npm", "pip"]) }) {}

/** A registry as the proxy reaches it. */
export interface Registry {
  /** Base address, ending in a slash. */
  readonly url: URL
  readonly token: Option.Option<Redacted.Redacted>
  /** Other origins that the registry's own answers point to. */
  readonly files: ReadonlyArray<string>
}

export type Ecosystem = "npm" | "pip"

const settings = Config.all({
  npm: Config.option(Config.URL("CI_HEALING_NPM_REGISTRY")),
  npmToken: Config.option(Config.Redacted("CI_HEALING_NPM_TOKEN")),
  pip: Config.option(Config.URL("CI_HEALING_PIP_INDEX")),
  pipToken: Config.option(Config.Redacted("CI_HEALING_PIP_TOKEN")),
  path: Config.String("PATH").pipe(Config.withDefault("/usr/local/bin:/usr/bin:/bin")),
  home: Config.String("HOME").pipe(Config.withDefault("/root")),
})

/** Each package manager knows what it is set to, and pip also where the public index keeps its files. */
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
  const { npm, npmToken, pip, pipToken, path, home } = yield* settings
  const [given, token] = ecosystem === "npm" ? [npm, npmToken] : [pip, pipToken]
  if (Option.isSome(given)) return { url: baseOf(given.value.href), token, files: [] } satisfies Registry
  const question = questions[ecosystem]
  const outside = yield* runToEnd(["env", "-C", tmpdir(), "sh", "-c", question], { PATH: path, HOME: home })
  const found = outside.code === 0 ? addressesIn(outside.output) : []
  const [address, ...files] = found.length > 0 ? found : addressesIn(yield* askInside(question))
  if (address === undefined) return yield* new NoRegistry({ ecosystem })
  return { url: baseOf(address), token, files } satisfies Registry
})
