import assert from "node:assert/strict"
import { test } from "node:test"
import { drive, formatMinutes } from "../dist/duration.js"
import { describe, leg, plan } from "../dist/planner.js"
import { distance, stopById } from "../dist/stops.js"

const stops = [
  { id: "depot", x: 0, y: 0, handling: 0 },
  { id: "bakery", x: 6, y: 8, handling: 5 },
  { id: "school", x: 3, y: 4, handling: 10 },
]

test("distance is a straight line", () => {
  assert.equal(distance(stops[0], stops[2]), 5)
})

test("a stop is found by its id", () => {
  assert.equal(stopById(stops, "school").handling, 10)
})

test("an unknown stop is an error", () => {
  assert.throws(() => plan(stops, "harbour"), /harbour/)
})

test("the nearest stop comes next", () => {
  assert.deepEqual(plan(stops, "depot").order, ["depot", "school", "bakery"])
})

test("a route counts its kilometres and minutes", () => {
  const route = plan(stops, "depot")
  assert.equal(route.kilometres, 10)
  assert.equal(route.minutes, 40)
})

test("driving takes time by distance", () => {
  assert.equal(drive(24), 60)
})

test("minutes are readable", () => {
  assert.equal(formatMinutes(5), "5 min")
  assert.equal(formatMinutes(65), "1 h 05 min")
})

test("a route can be described", () => {
  assert.equal(describe(plan(stops, "depot")), "depot > school > bakery (10.0 km, 40 min)")
})

test("a leg names both ends", () => {
  assert.equal(leg(stops, "depot", "school"), "depot > school: 5.0 km")
})
