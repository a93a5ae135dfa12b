import { connect, createServer, type Server, type Socket } from "node:net"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { Effect, Fiber, Layer, Schedule } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import * as Postgres from "./Sql.postgres.ts"
import { type Query, Sql, type SqlError } from "./Sql.ts"

let database: Awaited<ReturnType<typeof startPostgres>>

beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

const again = { schedule: Schedule.spaced("100 millis"), times: 50, while: (error: SqlError) => error.retryable }
const killed = "select pg_terminate_backend(pg_backend_pid())"

it("writes nothing of a transaction whose connection dies, and goes on with another connection", async () => {
  const url = await database.freshDatabase()
  const work = Effect.gen(function* () {
    const sql = yield* Sql
    yield* sql.query("create table t (n int)")
    const lost = sql.transaction((query) =>
      Effect.gen(function* () {
        yield* query("insert into t values (1)")
        yield* Effect.exit(query(killed))
        yield* query("insert into t values (2)")
      }),
    )
    const error = yield* Effect.flip(lost)
    yield* Effect.all(
      [3, 4, 5].map((n) =>
        Effect.retry(
          sql.transaction((query) => query(`insert into t values (${n})`)),
          again,
        ),
      ),
      { concurrency: "unbounded" },
    )
    const rows = yield* sql.query("select n from t order by n")
    return { retryable: error.retryable, numbers: rows.map((row) => row["n"]) }
  })
  const seen = await Effect.runPromise(Effect.provide(work, Layer.effect(Sql, Postgres.make(url, 1))))
  expect(seen).toEqual({ retryable: true, numbers: [3, 4, 5] })
})

it("goes on after the server was killed during transactions with statements on their way", async () => {
  const url = await database.freshDatabase()
  const work = Effect.gen(function* () {
    const sql = yield* Sql
    yield* sql.query("create table t (n int)")
    const many = (query: Query) =>
      Effect.andThen(
        query("insert into t values (1)"),
        Effect.all(
          Array.from({ length: 40 }, (_, n) => query(`insert into t select ${n} from pg_sleep(0.05)`)),
          { concurrency: "unbounded", discard: true },
        ),
      )
    const working = yield* Effect.forkChild(Effect.all([sql.transaction(many), sql.transaction(many)].map(Effect.flip), { concurrency: 2 }))
    yield* Effect.sleep("300 millis")
    yield* Effect.promise(() => database.kill())
    const errors = yield* Fiber.join(working)
    // A caller that was refused a connection while the server was away must not be given one later.
    yield* Effect.all(
      Array.from({ length: 8 }, () => Effect.flip(sql.transaction(many))),
      { concurrency: "unbounded" },
    )
    yield* Effect.promise(() => database.start())
    yield* Effect.retry(
      Effect.all(Array.from({ length: 6 }, (_, n) => sql.transaction((query) => query(`insert into t values (${n + 100})`)))),
      {
        schedule: Schedule.spaced("100 millis"),
        times: 50,
        while: (error) => error.retryable,
      },
    )
    const rows = yield* sql.query("select n from t where n < 100")
    return { retryable: errors.map((error) => error.retryable), rows }
  })
  const seen = await Effect.runPromise(Effect.provide(work, Layer.effect(Sql, Postgres.make(url, 2))))
  expect(seen).toEqual({ retryable: [true, true], rows: [] })
})

it("ends a statement that takes too long, and lets a script take its time", async () => {
  const work = Effect.gen(function* () {
    const sql = yield* Sql
    const error = yield* Effect.flip(sql.query("select pg_sleep(60)"))
    const inside = yield* Effect.flip(sql.transaction((query) => query("select pg_sleep(60)")))
    yield* sql.script("select pg_sleep(0.6); create table t (n int)")
    return { errors: [error, inside].map(({ code, retryable }) => ({ code, retryable })), rows: yield* sql.query("select n from t") }
  })
  const ended = { code: "57014", retryable: true }
  const layer = Layer.effect(Sql, Postgres.make(await database.freshDatabase(), 1, { statementMs: 300, silentMs: 30_000 }))
  expect(await Effect.runPromise(Effect.provide(work, layer))).toEqual({ errors: [ended, ended], rows: [] })
})

it("takes waiting for a connection for no silence of the database", async () => {
  const work = Effect.gen(function* () {
    const sql = yield* Postgres.make(yield* Effect.promise(database.freshDatabase), 4, { statementMs: 1_000, silentMs: 1_200 })
    const slow = (n: number) =>
      n % 2 === 0
        ? sql.query("select pg_backend_pid() as pid, pg_sleep(0.7)")
        : sql.transaction((query) => query("select pg_backend_pid() as pid, pg_sleep(0.7)"))
    const rows = yield* Effect.all(
      Array.from({ length: 12 }, (_, n) => slow(n)),
      { concurrency: "unbounded" },
    )
    return new Set(rows.map(([row]) => row?.["pid"])).size
  })
  expect(await Effect.runPromise(Effect.scoped(work))).toBe(4)
})

it("gives the next connection that is free to whoever has waited longest, and the same one while one is enough", async () => {
  const work = Effect.gen(function* () {
    const sql = yield* Postgres.make(yield* Effect.promise(database.freshDatabase), 2)
    const ended: Array<string> = []
    const take = (name: string, seconds: number) =>
      Effect.map(sql.query(`select pg_backend_pid() as pid, pg_sleep(${seconds})`), ([row]) => {
        ended.push(name)
        return row?.["pid"]
      })
    const once = [yield* take("", 0), yield* take("", 0), yield* take("", 0)]
    yield* Effect.all([take("long", 1), take("short", 0.2), take("third", 0.1), take("fourth", 0.1)], { concurrency: "unbounded" })
    return { ended: ended.slice(3), once: new Set(once).size }
  })
  expect(await Effect.runPromise(Effect.scoped(work))).toEqual({ ended: ["short", "third", "fourth", "long"], once: 1 })
})

const listening = (server: Server, port: number) =>
  Effect.promise(() => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve)))

it("lets nobody wait behind others for a server that takes connections and says nothing", async () => {
  const work = Effect.gen(function* () {
    const port = yield* Effect.promise(freePort)
    const sockets = new Set<Socket>()
    const mute = createServer((socket) => void sockets.add(socket.on("error", () => {})))
    yield* listening(mute, port)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        mute.close()
        for (const socket of sockets) socket.destroy()
      }),
    )
    const sql = yield* Postgres.make(`postgres://postgres@127.0.0.1:${port}/none`, 1, { statementMs: 1_000, silentMs: 1_000 })
    const asked = Array.from({ length: 4 }, () => Effect.flip(sql.query("select 1")))
    return yield* Effect.timeout(Effect.all(asked, { concurrency: "unbounded" }), "2500 millis")
  })
  const errors = await Effect.runPromise(Effect.scoped(work))
  expect(errors.map(({ code, retryable }) => ({ code, retryable }))).toEqual(Array(4).fill({ code: "CONNECTION_SILENT", retryable: true }))
})

/** A way to the database that can lose connections as a network does: nothing comes through any more, and neither side learns of it. */
const wayTo = (url: string) =>
  Effect.gen(function* () {
    const port = yield* Effect.promise(freePort)
    const sockets = new Set<Socket>()
    const server = createServer((client) => {
      const there = connect(Number(new URL(url).port), "127.0.0.1")
      for (const socket of [client, there]) {
        sockets.add(socket)
        socket.on("error", () => {})
      }
      client.pipe(there)
      there.pipe(client)
    })
    yield* Effect.acquireRelease(listening(server, port), () =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      }),
    )
    const lose = Effect.sync(() => {
      for (const socket of sockets) socket.unpipe().pause()
    })
    return { url: url.replace(/:\d+\//u, `:${port}/`), lose }
  })

it("leaves connections that nothing comes through any more, and goes on with others", async () => {
  const direct = await database.freshDatabase()
  const work = Effect.gen(function* () {
    const way = yield* wayTo(direct)
    const sql = yield* Postgres.make(way.url, 1, { statementMs: 30_000, silentMs: 1_000 })
    yield* sql.query("create table t (n int)")
    yield* way.lose
    const alone = yield* Effect.flip(sql.query("insert into t values (1)"))
    const inside = yield* Effect.flip(
      sql.transaction((query) =>
        Effect.gen(function* () {
          yield* query("insert into t values (2)")
          yield* way.lose
          yield* query("insert into t values (3)")
        }),
      ),
    )
    yield* sql.query("select 1")
    yield* way.lose
    const beginning = yield* Effect.flip(sql.transaction((query) => query("insert into t values (4)")))
    yield* sql.transaction((query) => query("insert into t values (5)"))
    const rows = yield* sql.query("select n from t where n > 1")
    return { retryable: [alone, inside, beginning].map((error) => error.retryable), numbers: rows.map((row) => row["n"]) }
  })
  expect(await Effect.runPromise(Effect.scoped(work))).toEqual({ retryable: [true, true, true], numbers: [5] })
})
