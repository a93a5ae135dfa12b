/** A place to deliver to. Coordinates are in kilometres on the city's grid. */
export interface Stop {
  readonly id: string
  readonly x: number
  readonly y: number
  /** Minutes needed at the door. */
  readonly handling: number
}

/** Straight-line distance in kilometres. */
export const distance = (a: Stop, b: Stop): number => Math.hypot(a.x - b.x, a.y - b.y)

/** The stop with an id. @throws Error when there is none */
export const stopById = (stops: ReadonlyArray<Stop>, id: string): Stop => {
  const found = stops.find((stop) => stop.id === id)
  if (found === undefined) throw new Error(`unknown stop: ${id}`)
  return found
}
