/** Average speed in town, in kilometres per hour, measured over the winter. */
const speed = 24

/** Minutes until the next full quarter of an hour, for announcing arrivals. */
export const untilQuarter = (minutes: number): number => Math.ceil(minutes / 15) * 15 - minutes

/** Minutes to drive a distance in kilometres. */
export const drive = (kilometres: number): number => (kilometres / speed) * 60

/** "1 h 05 min" */
export const formatMinutes = (minutes: number): string => {
  const whole = Math.round(minutes)
  const hours = Math.floor(whole / 60)
  const rest = String(whole % 60).padStart(hours === 0 ? 1 : 2, "0")
  return hours === 0 ? `${rest} min` : `${hours} h ${rest} min`
}
