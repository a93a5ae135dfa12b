import { drive, formatMinutes } from "./duration.js"
import { distance, type Stop, stopById } from "./stops.js"

export interface Route {
  readonly order: ReadonlyArray<string>
  /** Kilometres driven. */
  readonly kilometres: number
  /** Minutes on the road and at the doors. */
  readonly minutes: number
}

/** Visits the nearest stop next, beginning at `start`. Ties go to the stop listed first. */
export const plan = (stops: ReadonlyArray<Stop>, start: string): Route => {
  let current = stopById(stops, start)
  let kilometres = 0
  let handling = current.handling
  const order = [current.id]
  const left = new Set(stops.filter((stop) => stop.id !== start))
  while (left.size > 0) {
    const next = [...left].reduce((best, stop) => (distance(current, stop) < distance(current, best) ? stop : best))
    kilometres += distance(current, next)
    handling += next.handling
    order.push(next.id)
    left.delete(next)
    current = next
  }
  return { order, kilometres, minutes: drive(kilometres) + handling }
}

/** "depot > a > b (12.0 km, 45 min)" */
export const describe = (route: Route): string =>
  `${route.order.join(" > ")} (${route.kilometres.toFixed(1)} km, ${formatMinutes(route.minutes)})`

/** The leg between two stops of a plan, for the driver's sheet. */
export const leg = (stops: ReadonlyArray<Stop>, from: string, to: string): string => {
  const a = stopById(stops, from)
  const b = stopById(stops, to)
  return `${a.id} > ${b.id}: ${distance(a, b).toFixed(1)} km`
}
