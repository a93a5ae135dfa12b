/** What must be read of a commit to plan for it, all from git's objects. */
import { Effect, Schema } from "effect"
import type { Surroundings } from "../prove/environment-trouble.ts"
import { type Source, Workspace } from "../workspace/Workspace.ts"
import { manifestNames, type Project } from "./detect-commands.ts"
import { configFile } from "./plan-commands.ts"

const wanted = new Set([...manifestNames, configFile])
const names = Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
const Dependencies = Schema.fromJsonString(
  Schema.Struct({ dependencies: names, devDependencies: names, optionalDependencies: names, peerDependencies: names }),
)
const decodeDependencies = Schema.decodeUnknownOption(Dependencies)

export interface ReadProject extends Project, Surroundings {
  /** The text of `.ci-fix-pilot.yml`. */
  readonly config: string | undefined
}

const declaredIn = (text: string): ReadonlyArray<string> => {
  const decoded = decodeDependencies(text)
  return decoded._tag === "None" ? [] : Object.values(decoded.value).flatMap((group) => Object.keys(group))
}

/** Manifests at the root and one directory below it. */
export const readProject = Effect.fn("validator.read-project")(function* (source: Source) {
  const workspace = yield* Workspace
  const paths = (yield* workspace.entries(source)).map(({ path }) => path)
  const manifests = paths.filter((path) => path.split("/").length <= 2 && wanted.has(path.split("/").at(-1) ?? ""))
  const contents = yield* workspace.read(source, manifests)
  const texts = new Map([...contents].map(([path, content]) => [path, content.toString("utf8")]))
  const packages = [...texts].filter(([path]) => path.endsWith("package.json"))
  const pythonTexts = [...texts]
    .filter(([path]) => !path.endsWith("package.json"))
    .map(([, text]) => text.toLowerCase().replaceAll("_", "-"))
  const project: ReadProject = {
    paths,
    texts,
    config: texts.get(configFile),
    declared: new Set(packages.flatMap(([, text]) => declaredIn(text))),
    asksForPython: (module) => {
      const own = paths.some((path) => path.endsWith(`${module}.py`) || path.includes(`${module}/`))
      return !own && pythonTexts.some((text) => text.includes(module.toLowerCase().replaceAll("_", "-")))
    },
  }
  return project
})
