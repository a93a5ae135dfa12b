import { describe, expect, it } from "vitest"
import { queuesOf } from "./queues.ts"
import { backlogWith, system } from "./system.suite.ts"

const stream = (name: string, durable: string, waiting: number, unacked: number) => ({
  name,
  messages: 0,
  durables: [{ durable, waiting, unacked }],
})

describe("queues of commands", () => {
  it("join what the ledger waits for with what the broker holds", () =>
    expect(
      queuesOf(
        system({
          backlog: { ...backlogWith(), commands: { "validator.validate-fix": 2 }, oldestCommandMs: { "validator.validate-fix": 900 } },
          bus: { connected: true, streams: [stream("COMMANDS", "validator-validate-fix", 1, 1)] },
        }),
      ),
    ).toEqual([{ command: "validator.validate-fix", open: 2, oldestMs: 900, waiting: 1, working: 1 }]))
  it("name commands of which nothing waits", () =>
    expect(queuesOf(system()).map(({ command, open, oldestMs }) => [command, open, oldestMs])).toEqual([
      ["memory.recall", 0, null],
      ["validator.validate-fix", 0, null],
    ]))
  it("are there without a broker", () =>
    expect(
      queuesOf(
        system({
          bus: { connected: false, streams: [] },
          backlog: { ...backlogWith(), commands: { "ai.diagnose": 1 }, oldestCommandMs: {} },
        }),
      ),
    ).toEqual([{ command: "ai.diagnose", open: 1, oldestMs: null, waiting: 0, working: 0 }]))
  it("are what the broker holds while the database is away", () =>
    expect(
      queuesOf(system({ backlog: null, database: null, bus: { connected: true, streams: [stream("COMMANDS", "ai-diagnose", 2, 1)] } })),
    ).toEqual([{ command: "ai.diagnose", open: null, oldestMs: null, waiting: 2, working: 1 }]))
  it("leave out what is no command", () =>
    expect(queuesOf(system({ bus: { connected: true, streams: [stream("EVENTS", "planner-apply-events", 9, 9)] } }))).toEqual([]))
})
