import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { Ajv, type ValidateFunction } from "ajv"

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value)

/** OpenAPI 3.0's `nullable` in the words of JSON Schema, in every schema below. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value)) return value
  const { nullable, example: _example, examples: _examples, ...rest } = value
  const schema = Object.fromEntries(Object.entries(rest).map(([key, inside]) => [key, plain(inside)]))
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema
}

/** Steps down an object, following `$ref`s of the document. */
const at = (document: unknown, ...path: ReadonlyArray<string>): unknown => {
  let current = document
  for (const key of path) {
    current = isObject(current) ? current[key] : undefined
    const ref = isObject(current) ? current["$ref"] : undefined
    if (typeof ref === "string") current = at(document, ...ref.slice(2).split("/"))
  }
  return current
}

const formats = {
  uri: (text: string) => URL.canParse(text),
  "uri-template": true as const,
  "date-time": (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/u.test(text),
  date: true as const,
  email: (text: string) => text.includes("@"),
  int64: true as const,
  int32: true as const,
  timestamp: true as const,
  repository: true as const,
}

/** Where the description contradicts itself. Here an account would have to be a user and an enterprise at once. */
const corrected: Readonly<Record<string, unknown>> = {
  "GET /app/installations 200": { type: "array", items: { $ref: "#/components/schemas/installation" } },
}

/** GitHub's published API description, able to judge an answer or a webhook. */
export interface Description {
  /** What is wrong with an answer; empty when it is as described. @throws Error when the description has no such answer */
  readonly judgeAnswer: (method: string, path: string, status: number, body: unknown) => ReadonlyArray<string>
  /** What is wrong with a webhook's payload, by its name (`workflow-run-completed`). */
  readonly judgeWebhook: (name: string, body: unknown) => ReadonlyArray<string>
  readonly has: (method: string, path: string) => boolean
}

/** Reads the description; takes about a second and 100 MB, so a test file does it once. */
export const loadDescription = (): Description => {
  const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json")
  const document: unknown = JSON.parse(readFileSync(file, "utf8"))
  const ajv = new Ajv({ strict: false, allErrors: true, formats, validateSchema: false })
  ajv.addSchema({ $id: "github", components: plain(at(document, "components")) })
  const compiled = new Map<string, ValidateFunction>()
  const rebased = (schema: unknown): unknown =>
    JSON.parse(JSON.stringify(plain(schema)).replaceAll('"#/components/', '"github#/components/'))
  const judge = (name: string, schema: unknown, body: unknown): ReadonlyArray<string> => {
    if (!isObject(schema)) throw new Error(`GitHub describes no ${name}`)
    const known = compiled.get(name) ?? ajv.compile(Object(rebased(schema)))
    compiled.set(name, known)
    if (known(body)) return []
    return (known.errors ?? []).map((error) => `${name} ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)
  }
  /** 401 and some others are described once for all routes, not with each. */
  const fallback = at(document, "components", "schemas", "basic-error")
  return {
    has: (method, path) => at(document, "paths", path, method.toLowerCase()) !== undefined,
    judgeAnswer: (method, path, status, body) => {
      const answers = at(document, "paths", path, method.toLowerCase(), "responses")
      const own = at(document, "paths", path, method.toLowerCase(), "responses", String(status), "content", "application/json", "schema")
      if (!isObject(answers)) throw new Error(`GitHub describes no ${method} ${path}`)
      const name = `${method} ${path} ${status}`
      return judge(name, corrected[name] ?? own ?? (status >= 400 ? fallback : undefined), body)
    },
    judgeWebhook: (name, body) =>
      judge(name, at(document, "x-webhooks", name, "post", "requestBody", "content", "application/json", "schema"), body),
  }
}
