/** Each vendor package appears in one file of a service or library: its adapter. */
import { manifests } from "./edges.ts"
import { importsOf, packageOf } from "./plain-code.ts"
import { product, type Rule } from "./source-file.ts"

/** Not vendors: the language of the house. */
const everywhere = ["effect", "@effect/vitest", "vitest"]

/** Adapters that are a small family of files, and the only package that may depend on the vendor. */
const families: ReadonlyArray<{ vendor: RegExp; files: RegExp }> = [
  { vendor: /^@nats-io\//, files: /^libs\/actor\/src\/(\w+\.nats[\w-]*|nats-[\w-]+)\.ts$/ },
  { vendor: /^postgres$/, files: /^libs\/sql\/src\/(\w+\.postgres[\w-]*|postgres-[\w-]+)\.ts$/ },
  { vendor: /^@electric-sql\//, files: /^libs\/sql\/src\/(\w+\.pglite[\w-]*|pglite-[\w-]+)\.ts$/ },
  { vendor: /^dockerode$/, files: /^services\/validator\/src\/sandbox\/(\w+\.docker[\w-]*|docker-[\w-]+)\.ts$/ },
  { vendor: /^@anthropic-ai\//, files: /^services\/ai\/src\/(\w+\.anthropic[\w-]*|anthropic-[\w-]+)\.ts$/ },
  { vendor: /^openai$/, files: /^services\/ai\/src\/(\w+\.openai[\w-]*|openai-[\w-]+)\.ts$/ },
  { vendor: /^@octokit\//, files: /^services\/github\/src\/(GitHub[\w.-]*|octokit-[\w-]+|[\w-]+\.octokit[\w-]*)\.ts$/ },
  { vendor: /^@slack\//, files: /^services\/notifier\/src\/(Slack[\w.-]*|slack-[\w-]+|message)\.ts$/ },
  { vendor: /^(elysia|@elysiajs\/.+)$/, files: /^services\/(ingest|api)\/src\// },
  { vendor: /^(svelte|vite|@sveltejs\/.+)$/, files: /^ui\// },
]

const familyOf = (vendor: string) => families.find((family) => family.vendor.test(vendor))

const vendorImports = (file: { path: string; text: string }) =>
  [...new Set(importsOf(file).map(({ from }) => packageOf(from)))].filter(
    (name): name is string => name !== undefined && !everywhere.includes(name) && !name.startsWith("@ci-fix-pilot/"),
  )

/** The rules of vendor packages. */
export const vendorRules: ReadonlyArray<Rule> = [
  {
    title: "a vendor package appears in its adapter only",
    check: (house) =>
      product(house).flatMap((file) =>
        vendorImports(file)
          .filter((vendor) => familyOf(vendor)?.files.test(file.path) === false)
          .map((vendor) => `${file.path}: ${vendor} belongs into its adapter`),
      ),
  },
  {
    title: "a vendor package without a family appears in one file of a package",
    check: (house) => {
      const uses = product(house).flatMap((file) => vendorImports(file).map((vendor) => ({ path: file.path, vendor })))
      const single = uses.filter(({ vendor }) => familyOf(vendor) === undefined)
      return single
        .filter(({ path, vendor }) =>
          single.some((other) => other.vendor === vendor && other.path < path && other.path.split("/")[1] === path.split("/")[1]),
        )
        .map(({ path, vendor }) => `${path}: ${vendor} is already imported by another file of this package`)
    },
  },
  {
    title: "versions are exact",
    check: (house) =>
      manifests(house).flatMap(({ path, dependencies, devDependencies }) =>
        Object.entries({ ...dependencies, ...devDependencies })
          .filter(([, version]) => version !== "workspace:*" && !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
          .map(([name, version]) => `${path}: ${name} ${version} is not an exact version`),
      ),
  },
]
