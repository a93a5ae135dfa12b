/** Places a value of a domain in a range of pixels. An empty domain lies at the range's beginning. */
export const linear =
  ([from, to]: readonly [number, number], [start, end]: readonly [number, number]) =>
  (value: number): number =>
    to === from ? start : start + ((value - from) / (to - from)) * (end - start)

/** 1, 2 or 5 times a power of ten, at least `rough` and at least 1. */
const roundStep = (rough: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)))
  return ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power
}

/** Whole numbers from 0 to at least `max`, evenly spaced, about as many as wanted: the marks of an axis that counts. */
export const countTicks = (max: number, about = 4): ReadonlyArray<number> => {
  const step = roundStep(max / about)
  return Array.from({ length: Math.max(1, Math.ceil(max / step)) + 1 }, (_, index) => index * step)
}

const minute = 60
const hour = 60 * minute
const times = [1, 10, minute, 10 * minute, hour, 6 * hour, 24 * hour, 7 * 24 * hour]

/** Times (seconds) that people count in, around all of the values: the marks of an axis on which each is a multiple of the one before. */
export const timeMarks = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const from = Math.max(
    0,
    times.findLastIndex((time) => time <= least),
  )
  const to = times.findIndex((time) => time >= most)
  return times.slice(from, (to === -1 ? times.length - 1 : Math.max(to, from + 1)) + 1)
}

/** Like `linear`, by orders of magnitude; what lies beyond the domain is placed at its edge. */
export const logarithmic = ([from, to]: readonly [number, number], range: readonly [number, number]) => {
  const place = linear([Math.log(from), Math.log(to)], range)
  return (value: number): number => place(Math.log(Math.min(to, Math.max(from, value))))
}

/** One layer of a stacked bar, in pixels from the top. */
export interface Layer<K> {
  readonly key: K
  readonly y: number
  readonly height: number
}

/** Stacks values upwards from the bottom; what is 0 takes no place. */
export const stack = <K>(values: ReadonlyArray<readonly [K, number]>, yOf: (value: number) => number): ReadonlyArray<Layer<K>> => {
  let below = 0
  return values.flatMap(([key, value]) => {
    if (value === 0) return []
    const bottom = yOf(below)
    below += value
    return [{ key, y: yOf(below), height: bottom - yOf(below) }]
  })
}

/** Which values stand alone, with none before and after: no line leads to them. */
export const lonely = (values: ReadonlyArray<number | null>): ReadonlyArray<number> =>
  values.flatMap((value, index) =>
    value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null ? [index] : [],
  )

/** The `d` of a line through points, interrupted where there is none. */
export const pathThrough = (points: ReadonlyArray<readonly [number, number] | null>): string =>
  points
    .map((point, index) => {
      if (point === null) return ""
      const begins = index === 0 || points[index - 1] === null
      return `${begins ? "M" : "L"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`
    })
    .join("")

/** Every so manieth of `count` places gets a label, so that labels `width` pixels wide fit on `available`; the last place always has one. */
export const labelled = (count: number, width: number, available: number): ReadonlyArray<number> => {
  const every = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(available / width))))
  return Array.from({ length: Math.ceil(count / every) }, (_, index) => count - 1 - index * every).reverse()
}
