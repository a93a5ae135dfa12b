/** Text that strangers wrote, made fit to be shown to a model: as data between marks it cannot forge, with nothing hidden and nothing secret in it. */
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { redactText } from "@ci-fix-pilot/failure/redact"

const ESC = "\u001b"
/** Terminal escape sequences: CSI, strings such as OSC, and two-character ones. */
const ESCAPES = new RegExp(
  String.raw`${ESC}(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]?|[\]PX^_][^\u0007${ESC}]{0,4096}(?:\u0007|${ESC}\\)?|[ -/]{0,4}[0-~]?)`,
  "gu",
)
/** What nobody sees but a model reads: controls except tab and line feed, zero-width, bidirectional and tag characters, fillers. */
const HIDDEN = /(?![\t\n])(?:[\p{Cc}\p{Cf}\p{Co}\p{Variation_Selector}\u115F\u1160\u17B4\u17B5\u2028\u2029\u3164\uFFA0]|\u034F)/gu

/** A text without escape sequences, hidden characters and secrets. Tabs and line feeds stay, so that source code stays itself. */
export const presentable = (text: string): string => redactText(text.toWellFormed().replace(ESCAPES, "").replace(HIDDEN, ""))

/** The marks of one run's prompts. */
export interface Frame {
  /** What the marks are made of; it stands nowhere inside framed text. */
  readonly nonce: string
  /** The text as data of this kind. `label` is a stranger's word too, such as a path. */
  readonly around: (kind: string, label: string, text: string) => string
}

/**
 * Marks that look random but are the same whenever the run is asked about again. A stranger may work out the nonce, and cannot use
 * it: it is taken out of whatever is framed.
 */
export const frameFor = (runId: string): Frame => {
  const nonce = sha256Hex(`frame of ${runId}`).slice(0, 20)
  const inert = (text: string) => withoutNonce(presentable(text), nonce)
  return {
    nonce,
    around: (kind, label, text) => {
      const name = JSON.stringify(
        inert(label)
          .replace(/[<>\n\t]/gu, " ")
          .slice(0, 300),
      )
      return `<data-${nonce} kind="${kind}" label=${name}>\n${inert(text)}\n</data-${nonce}>`
    },
  }
}

/** Removing the nonce may bring two halves of another one together, hence the loop. */
const withoutNonce = (text: string, nonce: string): string => {
  const found = new RegExp(nonce, "giu")
  let clean = text
  while (found.test(clean)) clean = clean.replace(found, "")
  return clean
}
