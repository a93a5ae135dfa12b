import { describe, expect, it } from "vitest"
import { backlogWith, database, letter, services, system } from "./system.suite.ts"
import { troublesOf } from "./troubles.ts"

const now = Date.parse("2026-11-23T04:00:00.000Z")
const told = (given: Parameters<typeof system>[0], silence: Parameters<typeof troublesOf>[1] = new Map()) =>
  troublesOf(system(given), silence, now).map(({ what, means, seconds }) => `${what}${seconds ? ` for ${seconds} s` : ""}: ${means}`)
const health = { ready: true, notes: [] }

describe("what is wrong", () => {
  it("is nothing when all is well", () => expect(told({})).toEqual([]))

  it("is a silent service: for how long, and what that means", () => {
    const silent = { services: services({ service: "memory", answers: false }) }
    expect(told(silent)).toEqual(["memory does not answer: recalls wait, nothing is lost"])
    expect(told(silent, new Map([["memory", now - 12_400]]))).toEqual(["memory does not answer for 12 s: recalls wait, nothing is lost"])
  })

  it("says that what CI reports to nobody is not there later", () =>
    expect(told({ services: services({ service: "ingest", answers: false }) })[0]).toContain("CI has to send them again"))

  it("is a service that cannot work, in its own words", () =>
    expect(
      told({
        services: services({ service: "validator", answers: true, health: { ready: false, notes: ["no sandbox", "install bubblewrap"] } }),
      }),
    ).toEqual(["validator cannot do its work: no sandbox; install bubblewrap"]))

  it("is a service that works but has something to say", () =>
    expect(
      told({ services: services({ service: "notifier", answers: true, health: { ready: true, notes: ["Slack refused 3 messages"] } }) }),
    ).toEqual(["notifier works, but: Slack refused 3 messages"]))

  it("is one broker, not eight silent services: without it nobody can be asked", () => {
    const all = services().map(({ service }) => ({ service, answers: false }))
    expect(told({ services: all, bus: { connected: false, streams: [] } })).toEqual([
      "The broker cannot be reached: services cannot be asked and commands wait in the ledger; they are sent when it is back, nothing is lost",
    ])
  })

  it("is a database that is away, of which nothing else can be said", () =>
    expect(told({ database: null, backlog: null })).toEqual([
      "The database is away: no run moves on and decisions cannot be taken until it is back; what CI reports meanwhile is refused, and CI has to send it again",
    ]))

  it("is an arrival that waits longer than a planner that lives would let it", () => {
    expect(told({ backlog: { ...backlogWith(), inbox: 3, oldestInboxMs: 30_000 } })).toEqual([])
    expect(told({ backlog: { ...backlogWith(), inbox: 3, oldestInboxMs: 41_000 } })[0]).toMatch(/^3 arrivals are not applied for 41 s: /u)
  })

  it("is a command that takes longer than any should", () => {
    const of = (ms: number) => ({
      backlog: { ...backlogWith(), commands: { "memory.recall": 1 }, oldestCommandMs: { "memory.recall": ms } },
    })
    expect(told(of(14 * 60_000))).toEqual([])
    expect(told(of(20 * 60_000))[0]).toMatch(/^memory\.recall is not answered for 1200 s: /u)
  })

  it("is a message that could not be applied", () =>
    expect(told({ backlog: backlogWith(letter) })[0]).toMatch(/^1 message could not be applied: /u))

  it("is no dead letter that was applied after all, nor an old one that nothing can be done about", () => {
    const applied = { ...letter, resent: { at: letter.at, by: "ada", result: "applied" } as const }
    expect(told({ backlog: { ...backlogWith(applied), deadLetters: 0 } })).toEqual([])
    const unreadable = { ...letter, type: null, resendable: false }
    expect(told({ backlog: backlogWith({ ...unreadable, at: "2026-11-22T03:00:00.000Z" }) })).toEqual([])
    expect(told({ backlog: backlogWith(unreadable) })).toHaveLength(1)
  })

  it("is a database that is running out of connections", () =>
    expect(told({ database: { ...database, connections: 95 } })[0]).toMatch(/^The database has 95 of 100 connections: /u))

  it("is more than one version at once", () =>
    expect(told({ services: services({ service: "ai", answers: true, health: { ...health, version: "0.2.0" } }) })[0]).toMatch(
      /^Services run 2 different versions: /u,
    ))

  it("has the worst first", () =>
    expect(
      troublesOf(system({ backlog: backlogWith(letter), services: services({ service: "api", answers: false }) }), new Map(), now).map(
        ({ tone }) => tone,
      ),
    ).toEqual(["bad", "warn"]))
})
