/**
 * A whole fleet in miniature, for property tests: messages arrive in any order, twice or never; processes die between any two steps;
 * people and GitHub act when they like. What is written is written atomically, as in the planner's transaction.
 */
import type { CommandType } from "@ci-fix-pilot/contract/commands"
import type { Event } from "@ci-fix-pilot/contract/events"
import type { Draw } from "./drawing.ts"
import { noFacts } from "./input.ts"
import { type Entry, judge, judgeEnd, type OutsidePullRequest, type Violation } from "./invariants.ts"
import { defaultPolicy, type Policy, roundingUsd, survivesStop } from "./policy.ts"
import type { Intent } from "./react.ts"
import type { Run } from "./run.ts"
import { answerOf, ciFailed, type Hub, outsideEvent, reviewOf } from "./simulation-answers.ts"
import { isOver, type Rules, step } from "./step.ts"

const runId = "run_0123456789abcdef01234567"

interface Command {
  readonly id: string
  readonly intent: Intent
  open: boolean
  /** No process could do it. */
  cameToNothing?: boolean
  /** What its holders have reserved and not yet accounted for (US dollars). */
  reservedUsd: number
}

/** Something on its way to the planner. What an answer has cost is settled once, however often it comes. */
interface Letter {
  readonly event: Event
  readonly command?: Command
  settlesUsd: number
  read: boolean
}

export interface Simulated {
  readonly entries: ReadonlyArray<Entry>
  readonly violations: ReadonlyArray<Violation>
  readonly run: Run | undefined
}

/** Runs one schedule to its end and judges it. */
export const simulate = (draw: Draw, rules?: Rules): Simulated => {
  const policy: Policy = {
    ...defaultPolicy,
    safeMode: draw(3) > 0,
    delivery: draw(6) === 0 ? "approval" : draw(12) === 0 ? "shadow" : "pull-request",
    githubEnabled: draw(12) > 0,
    validationRequired: draw(4) > 0,
    ...(draw(4) === 0 ? { maxCostUsd: defaultPolicy.maxCallUsd + 0.05 } : {}),
  }
  const source = ciFailed(draw)
  const entries: Array<Entry> = []
  const commands: Array<Command> = []
  const mail: Array<Letter> = [{ event: source, settlesUsd: 0, read: false }]
  const github: Hub = { pulls: [] }
  let run: Run | undefined

  const apply = (input: Parameters<typeof step>[2]) => {
    const facts = {
      ...noFacts,
      activeInRepository: draw(8) === 0 ? 9 : 0,
      queuedInRepository: draw(8) === 0 ? 1 : 0,
      openPullRequests: draw(24) === 0 ? 9 : 0,
      sameSignatureToday: draw(24) === 0 ? 9 : 0,
      ...(draw(24) === 0 ? { duplicateOf: "run_fedcba9876543210fedcba98" } : {}),
    }
    const result = step(runId, run, input, facts, policy, rules)
    run = result.run
    for (const event of result.entries) entries.push({ seq: entries.length + 1, ...event })
    for (const { intent } of result.commands) commands.push({ id: `c${commands.length}`, intent, open: true, reservedUsd: 0 })
    if (run !== undefined && isOver(run)) for (const command of commands) if (!survivesStop.has(command.intent.type)) command.open = false
  }

  const deliver = (letter: Letter) => {
    const { event, command } = letter
    if (command === undefined) return apply({ kind: "event", event })
    // A message that was applied is known by its id; those that cost nothing come through all the same, to be harmless by themselves.
    if (letter.read && "usage" in event.data) return
    letter.read = true
    command.reservedUsd -= letter.settlesUsd
    letter.settlesUsd = 0
    const { open } = command
    if (event.type === "postponed") return
    if (open && event.type === "failed-for-good") command.cameToNothing = true
    command.open = false
    if (event.type === "failed-for-good")
      return open ? apply({ kind: "gave-up", command: command.intent.type, why: event.data.reason }) : undefined
    apply({ kind: "event", event, answers: { type: command.intent.type, open } })
  }

  /** A hand works on a command, if its money is there: the effect on GitHub happens, then the answer may or may not be sent. */
  const work = (command: Command, surely: boolean) => {
    const mostUsd = "maxCostUsd" in command.intent.data ? command.intent.data.maxCostUsd : 0
    if (mostUsd > 0 && mostUsd + held() + (run?.costUsd ?? 0) > policy.maxCostUsd + roundingUsd) return giveUp(command)
    command.reservedUsd += mostUsd
    const event = answerOf(command.intent, draw, github)
    if (surely || draw(6) > 0) mail.push({ event, command, settlesUsd: mostUsd, read: false })
  }

  const held = () => commands.reduce((sum, { reservedUsd }) => sum + reservedUsd, 0)

  const giveUp = (command: Command) => {
    command.open = false
    command.cameToNothing = true
    const heldUsd = held()
    const more = heldUsd > 0 ? { heldUsd } : {}
    apply({ kind: "gave-up", command: command.intent.type, why: "no answer came in time", ...more })
  }

  const openCommands = (wanted: (type: CommandType) => boolean = () => true) =>
    commands.filter(({ open, intent }) => open && wanted(intent.type))

  const act = () => {
    const choice = draw(40)
    const letter = mail[draw(mail.length || 1)]
    const command = openCommands()[draw(openCommands().length || 1)]
    if (choice < 16 && letter !== undefined) {
      deliver(letter)
      if (draw(8) > 0) mail.splice(mail.indexOf(letter), 1)
    } else if (choice < 34 && command !== undefined) work(command, false)
    else if (choice === 34 && mail.length > 1) mail.splice(draw(mail.length), 1)
    else if (choice === 35) apply({ kind: "event", event: reviewOf(draw, run) })
    else if (choice === 36 && draw(3) === 0) apply({ kind: "deadline-passed" })
    else if (choice === 37 && command !== undefined && draw(3) === 0) giveUp(command)
    else if (choice === 38) {
      const seen = outsideEvent(draw, github)
      if (seen !== undefined) mail.push({ event: seen, settlesUsd: 0, read: false })
    } else apply({ kind: "slot-free" })
  }

  for (let left = 30 + draw(60); left > 0; left -= 1) act()
  settle()
  const outside: ReadonlyArray<OutsidePullRequest> = github.pulls
  return { entries, run, violations: [...judge(entries, policy), ...judgeEnd(entries, outside, policy.maxCostUsd)] }

  /** Nothing is lost any more: what was accepted is re-read, commands are worked off, deadlines pass. */
  function settle() {
    if (run === undefined) apply({ kind: "event", event: source })
    for (let rounds = 0; rounds < 200; rounds += 1) {
      apply({ kind: "slot-free" })
      for (const letter of mail.splice(0)) deliver(letter)
      const next = openCommands()[0]
      if (next !== undefined) work(next, true)
      else if (run !== undefined && run.phase !== "fixed" && !isOver(run)) apply({ kind: "deadline-passed" })
      else if (mail.length === 0 && !closeAgain()) return
    }
  }

  /** As the sweep does: what an ended run could not close, or whose branch not delete, is asked for once more. */
  function closeAgain(): boolean {
    const last = commands.findLast(({ intent }) => intent.type === "github.close-pull-request")
    if (run === undefined || !isOver(run) || last?.cameToNothing !== true) return false
    commands.push({ id: `${last.id}.again`, intent: last.intent, open: true, reservedUsd: 0 })
    return true
  }
}
