import { type CommandType, commands } from "@ci-fix-pilot/contract/commands"
import type { Service } from "@ci-fix-pilot/contract/ids"

/** One run in which several services are killed with -9, each at its own named place. */
export interface CrashRound {
  readonly name: string
  readonly review: "approve" | "deny"
  readonly crashes: ReadonlyArray<{ readonly service: Service; readonly point: string }>
}

/** When a service may die over a command. */
export const moments = ["delivered", "started", "handled", "answered"] as const

/** The steps of docs/operating.md's “how nothing is lost” that are not a command's. */
const ownPoints: Readonly<Partial<Record<Service, ReadonlyArray<string>>>> = {
  ingest: ["ingest.accept:received", "ingest.accept:committed", "ingest.accept:announced"],
  planner: [
    "planner.apply-events:delivered",
    "planner.apply-events:decided",
    "planner.apply-events:committed",
    "planner.apply-events:announced",
    "planner.send:published",
    "planner.lease:granted",
  ],
  api: ["api.give-review:committed", "api.give-review:announced"],
}

/** Not reached by a healed run: asked of a model, or every ten minutes. model.test.ts has them. */
const elsewhere: ReadonlySet<CommandType> = new Set<CommandType>(["ai.propose-fix", "github.check-pull-request"])
const onlyWhen: Readonly<Partial<Record<CommandType, CrashRound["review"]>>> = {
  "github.merge-pull-request": "approve",
  "github.close-pull-request": "deny",
}

const commandPoints = (Object.keys(commands) as Array<CommandType>)
  .filter((type) => !elsewhere.has(type))
  .flatMap((type) =>
    moments.map((moment) => ({ service: type.split(".")[0] as Service, point: `${type}:${moment}`, only: onlyWhen[type] })),
  )

const all = [
  ...commandPoints,
  ...Object.entries(ownPoints).flatMap(([service, points]) =>
    points.map((point) => ({ service: service as Service, point, only: undefined })),
  ),
]

/** Every place once, as many in one run as there are services that have one left. */
export const crashRounds = (): ReadonlyArray<CrashRound> => {
  const left = [...all]
  const rounds: Array<CrashRound> = []
  while (left.length > 0) {
    const review = left.some(({ only }) => only === "deny") && rounds.length % 2 === 1 ? ("deny" as const) : ("approve" as const)
    const crashes: Array<{ service: Service; point: string }> = []
    for (const candidate of [...left]) {
      if (crashes.some(({ service }) => service === candidate.service) || (candidate.only !== undefined && candidate.only !== review))
        continue
      crashes.push({ service: candidate.service, point: candidate.point })
      left.splice(left.indexOf(candidate), 1)
    }
    if (crashes.length > 0) rounds.push({ name: `round ${rounds.length + 1}`, review, crashes })
    else
      rounds.push({
        name: `round ${rounds.length + 1}`,
        review: "deny",
        crashes: left.splice(0).map(({ service, point }) => ({ service, point })),
      })
  }
  return rounds
}
