import { describe, expect, it } from "vitest"
import { connectionWords } from "./connection-words.ts"

const since = new Date(2026, 10, 23, 3, 43, 24).getTime()

describe("the words for the live connection", () => {
  it("are short where all is well", () => expect(connectionWords({ is: "live" })).toMatchObject({ tone: "good", short: "Live" }))
  it("say since when it is lost", () =>
    expect(connectionWords({ is: "lost", since })).toMatchObject({ tone: "wait", short: "Reconnecting", more: "since 03:43:24" }))
  it("tell one's own network from the server's", () => expect(connectionWords({ is: "lost", since }, false).short).toBe("Offline"))
  it("quote the server that refuses", () =>
    expect(connectionWords({ is: "refused", since, says: "the database is away" }).short).toBe("Server says: the database is away"))
})
