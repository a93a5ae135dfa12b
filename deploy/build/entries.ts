import { Service } from "@ci-fix-pilot/contract/ids"

/** What is built, by name: the file in which each program begins. `hands` stand in for services while the house itself is measured. */
export const entries: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Service.literals.map((service) => [service, `services/${service}/src/main.ts`])),
  hands: "deploy/bench/scripted-hands.ts",
}
