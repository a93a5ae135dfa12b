import { describe, expect, it } from "vitest"
import { prometheus } from "./prometheus.ts"

const summary = {
  days: 1,
  total: 3,
  open: 1,
  byStatus: { queued: 0, running: 1, fixed: 2, escalated: 0, aborted: 0, resolved: 0, skipped: 0, flaky: 0 },
  fixRate: 1,
  pullRequests: 2,
  attempts: 4,
  secondsToFix: { p50: 1, p95: 2 },
  costUsd: 0.25,
  byStrategy: {},
  perDay: [],
  strategies: [],
  healedWithoutModel: null,
  costPerFixed: 0.125,
}
const backlog = {
  position: 9,
  inbox: 2,
  oldestInboxMs: 1_500,
  commands: { "ai.diagnose": 1 },
  oldestCommandMs: { "ai.diagnose": 2_500 },
  deadLetters: 0,
  newestDeadLetters: [],
}

describe("the figures for Prometheus", () => {
  const lines = prometheus(summary, backlog, 7, 1_024).split("\n")

  it("have a help, a type and a value each", () => {
    const names = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2])
    for (const name of names) {
      expect(lines.filter((line) => line.startsWith(`# HELP ${name} `))).toHaveLength(1)
      expect(lines.some((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))).toBe(true)
    }
    expect(new Set(names).size).toBe(names.length)
  })

  it("are in base units, one line per label", () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        'ci_fix_pilot_runs{status="running"} 1',
        'ci_fix_pilot_runs{status="fixed"} 2',
        "ci_fix_pilot_run_cost_usd 0.25",
        "ci_fix_pilot_inbox_oldest_seconds 1.5",
        'ci_fix_pilot_commands_open{command="ai.diagnose"} 1',
        "ci_fix_pilot_stream_clients 7",
      ]),
    )
  })

  it("end with a line break, and stay readable whatever a label holds", () => {
    const odd = prometheus(summary, { ...backlog, commands: { 'a"b\\c\nd': 1 } }, 0, 0)
    expect(odd).toContain('ci_fix_pilot_commands_open{command="a\\"b\\\\c\\nd"} 1\n')
    expect(odd.endsWith("\n")).toBe(true)
  })
})
