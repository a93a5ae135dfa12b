import { type Bin, binned, type Day } from "./days.ts"
import { labelled } from "./scale.ts"

/** Narrower bars than this (px) say nothing: then a bar stands for a week. */
const narrowest = 6
/** Days that are as far apart (px) may each have a mark. */
const roomyStep = 12
/** Room for the marks of the vertical axes, and on the other side (px). */
const margin = { left: 52, right: 8 }
/** What `9 Nov` needs (px). */
const labelWidth = 56

/** Where the days stand on a chart that is so wide (px). */
export interface Axis {
  readonly left: number
  readonly right: number
  readonly step: number
  /** There is room to mark every day on a line. */
  readonly roomy: boolean
  /** How many days a bar stands for. */
  readonly size: number
  readonly bins: ReadonlyArray<Bin>
  readonly labels: ReadonlyArray<number>
  /** The middle of a bar. */
  readonly middle: (bin: number) => number
  /** The middle of a day. */
  readonly dayMiddle: (day: number) => number
  /** Which bar lies under a place; undefined beside them. */
  readonly indexAt: (x: number) => number | undefined
}

export const makeAxis = (days: ReadonlyArray<Day>, width: number): Axis => {
  const { left } = margin
  const plot = Math.max(1, width - margin.left - margin.right)
  const size = plot / days.length < narrowest ? 7 : 1
  const bins = binned(days, size)
  const step = plot / bins.length
  return {
    left,
    right: left + plot,
    step,
    roomy: plot / days.length >= roomyStep,
    size,
    bins,
    labels: labelled(bins.length, labelWidth, plot),
    middle: (bin) => left + (bin + 0.5) * step,
    dayMiddle: (day) => left + ((day + 0.5) / days.length) * plot,
    indexAt: (x) => (x < left || x >= left + plot ? undefined : Math.min(bins.length - 1, Math.floor((x - left) / step))),
  }
}
