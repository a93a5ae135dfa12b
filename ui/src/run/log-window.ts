/** How tall a line is (px), and how tall a scrolled box may become: browsers cut off what is much taller. */
export const lineHeight = 19
export const tallest = 8_000_000

/** A box that scrolls over lines: `height` of what is scrolled, `view` of what is seen (px). */
export interface Window {
  readonly lines: number
  readonly view: number
}

/** How tall the scrolled content is made: as tall as its lines, as long as browsers can do that. */
export const heightOf = ({ lines, view }: Window): number => Math.max(view, Math.min(lines * lineHeight, tallest))

const mostTop = ({ lines, view }: Window): number => Math.max(0, lines - view / lineHeight)

/** The line (with a fraction) at the top of the view for a place of the scroll bar, so that its end is the last line however many there are. */
export const lineAt = (scrollTop: number, window: Window): number => {
  const range = heightOf(window) - window.view
  return range <= 0 ? 0 : Math.min(1, Math.max(0, scrollTop / range)) * mostTop(window)
}

/** Where the scroll bar stands when a line is at the top of the view. */
export const scrollFor = (line: number, window: Window): number => {
  const most = mostTop(window)
  return most === 0 ? 0 : (Math.min(most, Math.max(0, line)) / most) * (heightOf(window) - window.view)
}
