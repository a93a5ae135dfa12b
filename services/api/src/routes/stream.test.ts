import { Context, Effect, Option } from "effect"
import { expect, it } from "vitest"
import { Audience } from "../Audience.ts"
import { Feed } from "../Feed.ts"
import { Follower } from "../Follower.ts"
import { makeRespond } from "../respond.ts"
import { Sessions } from "../Sessions.ts"
import { streamRoutes } from "./stream.ts"

const session = { name: "a", reviewer: "ada", csrf: "c" }

/** Opens the stream of somebody whose session holds, or has ended since the door asked. */
const open = async (holds: boolean) => {
  const unused = () => Effect.die("not asked for")
  const closed: Array<string> = []
  const follower = new Follower({ position: 0, ledger: undefined, runId: undefined }, () => closed.push("stream"))
  const context = Context.empty().pipe(
    Context.add(Feed, Feed.of({ follow: () => Effect.succeed(follower), clients: Effect.succeed(0) })),
    Context.add(Audience, Audience.of({ join: () => () => closed.push("seat"), dismiss: unused })),
    Context.add(
      Sessions,
      Sessions.of({
        begin: unused,
        find: () => Effect.succeed(Option.some(session)),
        end: unused,
        holding: () => Effect.succeed(new Set(holds ? ["a"] : [])),
      }),
    ),
  )
  const routes = streamRoutes(makeRespond(context), () => ({ is: "person", session }))
  const { status } = await routes.handle(new Request("http://api.test/v1/ci-healing/stream"))
  return { status, closed }
}

it("is the stream of who is signed in", async () => {
  expect(await open(true)).toEqual({ status: 200, closed: [] })
})

it("is no stream of who signed out on the way in", async () => {
  expect(await open(false)).toEqual({ status: 401, closed: ["stream", "seat"] })
})
