import type { Backlog, Summary } from "@ci-fix-pilot/contract/metrics-view"

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
const labelled = (labels: Readonly<Record<string, string>>) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`

const gauge = (name: string, help: string, samples: ReadonlyArray<Sample>) =>
  [
    `# HELP ci_fix_pilot_${name} ${help}`,
    `# TYPE ci_fix_pilot_${name} gauge`,
    ...samples.map(({ labels, value }) => `ci_fix_pilot_${name}${labels === undefined ? "" : labelled(labels)} ${value}`),
    "",
  ].join("\n")

const by = (label: string, counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }))

/** How the system stands in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats). */
export const prometheus = (summary: Summary, backlog: Backlog, streamClients: number, rssBytes: number): string =>
  [
    gauge("runs", "Runs by status.", by("status", summary.byStatus)),
    gauge("run_pull_requests", "Runs that opened a pull request.", [{ value: summary.pullRequests }]),
    gauge("run_attempts", "Attempts of all runs.", [{ value: summary.attempts }]),
    gauge("run_cost_usd", "US dollars spent on model calls.", [{ value: summary.costUsd }]),
    gauge("ledger_position", "The last position of the ledger.", [{ value: backlog.position }]),
    gauge("inbox_waiting", "Arrivals that the planner has not applied.", [{ value: backlog.inbox }]),
    gauge("inbox_oldest_seconds", "How long the oldest of them has waited.", [{ value: backlog.oldestInboxMs / 1_000 }]),
    gauge("commands_open", "Commands that nobody has answered, by type.", by("command", backlog.commands)),
    gauge(
      "commands_oldest_seconds",
      "How long ago the oldest of them was due, by type.",
      Object.entries(backlog.oldestCommandMs).map(([type, ms]) => ({ labels: { type }, value: ms / 1_000 })),
    ),
    gauge("dead_letters", "Messages that could not be applied, and were not sent again with success.", [{ value: backlog.deadLetters }]),
    gauge("stream_clients", "Live streams open at this process.", [{ value: streamClients }]),
    gauge("api_resident_bytes", "Resident memory of this process.", [{ value: rssBytes }]),
  ].join("")
