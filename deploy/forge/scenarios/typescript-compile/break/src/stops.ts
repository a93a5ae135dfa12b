/** A place to deliver to. Coordinates are in kilometres on the city's grid. */
export interface Stop {
  readonly id: string
  /** What the driver sees; the id if there is none. */
  readonly label?: string
  readonly x: number
  readonly y: number
  /** Minutes needed at the door. */
  readonly handling: number
}

/** Straight-line distance in kilometres. */
export const distance = (a: Stop, b: Stop): number => Math.hypot(a.x - b.x, a.y - b.y)

/** The stop with an id, if there is one. */
export const stopById = (stops: ReadonlyArray<Stop>, id: string): Stop | undefined => stops.find((stop) => stop.id === id)
