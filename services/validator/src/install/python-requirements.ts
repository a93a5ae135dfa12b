/** What a `pyproject.toml` asks for (https://packaging.python.org/specifications/pyproject-toml/), as lines of a requirements file. */
import { Schema } from "effect"
import { parseToml } from "./parse-toml.ts"

const Lines = Schema.Array(Schema.Unknown)
const Groups = Schema.Record(Schema.String, Lines)
const PyProject = Schema.Struct({
  project: Schema.optionalKey(
    Schema.Struct({ dependencies: Schema.optionalKey(Lines), "optional-dependencies": Schema.optionalKey(Groups) }),
  ),
  "dependency-groups": Schema.optionalKey(Groups),
})
const decode = Schema.decodeUnknownOption(PyProject)

/** Extras and groups that tests need, as projects commonly name them. */
const forTests = /^(?:tests?|testing|dev|develop|development|ci|all)$/iu
/** A requirement by name and version; none that names a place or a file. */
const requirement = /^[A-Za-z0-9][\w.-]*(?:\[[\w\s,.-]*\])?\s*(?:[<>=!~][\w\s<>=!~.,*+-]*)?(?:;[^\n\\]*)?$/u

/** Empty when it asks for nothing, or is no such file. */
export const requirementsOf = (pyproject: string): ReadonlyArray<string> => {
  const decoded = decode(parseToml(pyproject))
  if (decoded._tag === "None") return []
  const { project = {}, "dependency-groups": groups = {} } = decoded.value
  const chosen = [project["optional-dependencies"] ?? {}, groups].flatMap((group) =>
    Object.entries(group).flatMap(([name, lines]) => (forTests.test(name) ? lines : [])),
  )
  const lines = [...(project.dependencies ?? []), ...chosen].filter((line) => typeof line === "string")
  return [...new Set(lines.map((line) => line.trim()).filter((line) => requirement.test(line)))]
}
