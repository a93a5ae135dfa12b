import postgres from "postgres"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type PostgresServer, startPostgres } from "./database.ts"

const query = async (url: string, statement: string) => {
  const sql = postgres(url, { max: 1 })
  try {
    return [...(await sql.unsafe(statement))]
  } finally {
    await sql.end()
  }
}

describe("postgres", () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  it("measures distances between vectors and keeps fsync on", async () => {
    const url = await server.freshDatabase()
    expect(await query(url, "select '[1,2]'::vector <-> '[4,6]'::vector as distance, current_setting('fsync') as fsync")).toEqual([
      { distance: 5, fsync: "on" },
    ])
  })

  it("gives each test a database of its own", async () => {
    const [one, other] = await Promise.all([server.freshDatabase(), server.freshDatabase()])
    await query(one, "create table t (n int)")
    expect(await query(other, "select to_regclass('t') as t")).toEqual([{ t: null }])
  })

  it("keeps what was committed before a crash", async () => {
    const url = await server.freshDatabase()
    await query(url, "create table t (n int)")
    await query(url, "insert into t values (7)")
    await server.kill()
    await server.start()
    expect(await query(url, "select n from t")).toEqual([{ n: 7 }])
  })
})
