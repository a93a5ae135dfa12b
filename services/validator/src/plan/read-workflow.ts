/** A GitHub workflow file, as far as its `run:` steps need it. Anything odd in a part that does not matter is passed over. */
import { Schema } from "effect"
import { parse } from "yaml"

const Scalar = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])
const Env = Schema.Union([Schema.Record(Schema.String, Scalar), Schema.String])
const Defaults = Schema.Struct({
  run: Schema.optionalKey(
    Schema.Struct({ shell: Schema.optionalKey(Schema.String), "working-directory": Schema.optionalKey(Schema.String) }),
  ),
})

export const Step = Schema.Struct({
  name: Schema.optionalKey(Scalar),
  run: Schema.optionalKey(Scalar),
  uses: Schema.optionalKey(Schema.String),
  if: Schema.optionalKey(Scalar),
  shell: Schema.optionalKey(Schema.String),
  "working-directory": Schema.optionalKey(Schema.String),
  "continue-on-error": Schema.optionalKey(Scalar),
  env: Schema.optionalKey(Env),
})
export type Step = typeof Step.Type

export const Job = Schema.Struct({
  name: Schema.optionalKey(Scalar),
  uses: Schema.optionalKey(Schema.String),
  "runs-on": Schema.optionalKey(Schema.Unknown),
  services: Schema.optionalKey(Schema.Unknown),
  environment: Schema.optionalKey(Schema.Unknown),
  strategy: Schema.optionalKey(Schema.Struct({ matrix: Schema.optionalKey(Schema.Unknown) })),
  env: Schema.optionalKey(Env),
  defaults: Schema.optionalKey(Defaults),
  steps: Schema.optionalKey(Schema.Array(Step)),
})
export type Job = typeof Job.Type

const Workflow = Schema.Struct({
  env: Schema.optionalKey(Env),
  defaults: Schema.optionalKey(Defaults),
  jobs: Schema.Record(Schema.String, Schema.Unknown),
})

export interface ReadWorkflow {
  readonly env: Job["env"]
  readonly defaults: Job["defaults"]
  readonly jobs: ReadonlyArray<readonly [id: string, job: Job]>
}

/** In YAML an empty `env:` is null; here it is not there. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  )
}

const decodeWorkflow = Schema.decodeUnknownOption(Workflow)
const decodeJob = Schema.decodeUnknownOption(Job)

/** Any YAML text as plain data; undefined when it is none. Aliases are limited, so that a small file stays small. */
export const readYaml = (text: string): unknown => {
  try {
    return withoutNulls(parse(text, { maxAliasCount: 100, merge: true, logLevel: "silent" }))
  } catch {
    return undefined
  }
}

/** Undefined when the text is no workflow. Jobs that make no sense are left out. */
export const readWorkflow = (text: string): ReadWorkflow | undefined => {
  const workflow = decodeWorkflow(readYaml(text))
  if (workflow._tag === "None") return undefined
  const { env, defaults, jobs } = workflow.value
  return {
    env,
    defaults,
    jobs: Object.entries(jobs).flatMap(([id, value]) => {
      const job = decodeJob(value)
      return job._tag === "None" ? [] : [[id, job.value] as const]
    }),
  }
}
