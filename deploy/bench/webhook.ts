import { createHmac } from "node:crypto"

const noise = Array.from(
  { length: 130 },
  (_, line) => `2026-11-23T00:00:00.000Z ok ${line} - rounds ${line} correctly, as it always did before`,
).join("\n")

/** A signed webhook of about 10 KB about the n-th failure. */
export const webhook = (n: number, secret: string) => {
  const body = JSON.stringify({
    provider: "github",
    repository: `acme/shop-${n % 1000}`,
    branch: "main",
    commitSha: n.toString(16).padStart(40, "0"),
    errorLog: `${noise}\nnot ok 131 - adds\n  expected 3, got ${n}\n`,
  })
  const headers = {
    "content-type": "application/json",
    "x-ci-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  }
  return { body, headers }
}

export interface Sent {
  readonly accepted: number
  readonly seconds: number
  /** ms of each request. */
  readonly latencies: ReadonlyArray<number>
}

/** Sends webhooks with so many connections at once, as fast as they are answered. */
export const flood = async (url: string, secret: string, from: number, count: number, connections: number): Promise<Sent> => {
  const prepared = Array.from({ length: count }, (_, index) => webhook(from + index, secret))
  const latencies: Array<number> = []
  let next = 0
  let accepted = 0
  const start = performance.now()
  const sender = async () => {
    for (let one = prepared[next++]; one !== undefined; one = prepared[next++]) {
      const sentAt = performance.now()
      const answer = await fetch(`${url}/v1/ci-healing/webhook`, { method: "POST", ...one })
      if (answer.status === 202) accepted += 1
      await answer.arrayBuffer()
      latencies.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: connections }, sender))
  return { accepted, seconds: (performance.now() - start) / 1_000, latencies }
}

if (import.meta.main) {
  const [url = "", secret = "", from = "0", count = "0", connections = "64"] = Bun.argv.slice(2)
  const sent = await flood(url, secret, Number(from), Number(count), Number(connections))
  process.stdout.write(JSON.stringify(sent))
}
