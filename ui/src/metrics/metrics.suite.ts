import type { RepositoryTotals, Summary } from "@ci-fix-pilot/contract/metrics-view"
import { type ByStatus, sumOf } from "./ends.ts"

export const runs = (some: Partial<ByStatus>): ByStatus => ({ ...sumOf([]), ...some })

const none = { p50: null, p95: null }
const byStatus = runs({ resolved: 6, fixed: 2, escalated: 2, flaky: 1, running: 1 })

/** Two days: ten runs that had something to heal, eight of them healed. */
export const summary = (given: Partial<Summary> = {}): Summary => ({
  days: 30,
  total: 12,
  open: 1,
  byStatus,
  fixRate: 0.8,
  pullRequests: 8,
  attempts: 14,
  secondsToFix: { p50: 42, p95: 185 },
  costUsd: 0.4,
  byStrategy: { replay: 3, model: 2, revert: 3 },
  perDay: [
    { day: "2026-11-20", byStatus: runs({ resolved: 6, escalated: 2 }), secondsToFix: { p50: 42, p95: 185 } },
    { day: "2026-11-21", byStatus: runs({}), secondsToFix: none },
    { day: "2026-11-22", byStatus: runs({ fixed: 2, flaky: 1, running: 1 }), secondsToFix: { p50: 30, p95: 30 } },
  ],
  strategies: [
    { strategy: "replay", attempts: 4, validated: 3 },
    { strategy: "model", attempts: 5, validated: 2 },
    { strategy: "revert", attempts: 5, validated: 3 },
  ],
  healedWithoutModel: 0.75,
  costPerFixed: 0.05,
  ...given,
})

export const repository = (name: string, total: number): RepositoryTotals => ({
  repository: name,
  total,
  open: 0,
  byStatus: runs({ resolved: total }),
  fixRate: 1,
  secondsToFix: { p50: 42, p95: 185 },
  costUsd: 0.2,
  lastRunAt: "2026-11-22T08:00:00.000Z",
})
