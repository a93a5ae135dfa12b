const ESC = "\u001b"
const BELL = "\u0007"
const CSI = `[0-?]{0,64}[ -/]{0,8}[@-~]?`
/** Escape sequences of a terminal: CSI, strings such as OSC (closed by BEL or ST, or never), and short ones. */
const ESCAPES = new RegExp(
  String.raw`${ESC}(?:\[${CSI}|[\]PX^_][^${BELL}${ESC}]{0,4096}(?:${BELL}|${ESC}\\)?|[ -/]{0,4}[0-~]?)|\u009b${CSI}`,
  "gu",
)
/** What a person does not see but a model or a browser would read: controls, format characters (zero width, bidirectional, tags), fillers. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Variation_Selector}\u115F\u1160\u17B4\u17B5\u2028\u2029\u3164\uFFA0]|\u034F/gu
/** The time that GitHub's runner writes before every line. */
const STAMP = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z ?/u

/** One line as a person sees it in the end: no colours, nothing hidden, and of a progress line its last state. Tabs become two spaces. */
export const cleanLine = (line: string): string => {
  const plain = line.includes(ESC) || line.includes("\u009b") ? line.replace(ESCAPES, "") : line
  const shown = plain.includes("\r") ? lastState(plain) : plain
  return shown.replaceAll("\t", "  ").replace(HIDDEN, "").trimEnd()
}

/** As {@link cleanLine}, also without the runner's timestamp. */
export const cleanLogLine = (line: string): string => cleanLine(line.replace(STAMP, ""))

/** A text of many lines, each cleaned; line ends become line feeds. */
export const cleanText = (text: string): string => text.split("\n").map(cleanLine).join("\n")

const lastState = (line: string): string => line.split("\r").findLast((state) => state.trim() !== "") ?? ""
