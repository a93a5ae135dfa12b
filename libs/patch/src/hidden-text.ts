/** Invisible or direction-changing: format characters, fillers, selectors, and controls other than tab, form feed and carriage return. */
const SUSPECT = /[\p{Cf}\p{Variation_Selector}\u115F\u1160\u17B4\u17B5\u2028\u2029\u3164\uFFA0]|\u034F|(?![\t\f\r])\p{Cc}/gu
/** Legitimate uses: emoji sequences, joiners inside scripts that are written with them. */
const EMOJI =
  /(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}#*0-9]\uFE0F?\u20E3?|\p{Regional_Indicator})(?:[\uFE0E\uFE0F]|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic}\uFE0F?)+/gu
const JOINED =
  /(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Sinhala}\p{Script=Myanmar}\p{M}])[\u200C\u200D](?=\p{L})/gu
const LATIN_MIXED =
  /[A-Za-z_]\p{M}*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\uFF21-\uFF5A]|[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\uFF21-\uFF5A]\p{M}*[A-Za-z_]/u

/** The code points in a text that a reviewer cannot see or that change what is read, in order, as `U+202E`. */
export const hiddenCharacters = (text: string): ReadonlyArray<string> => {
  const rest = text.replace(EMOJI, "").replace(JOINED, "")
  return Array.from(
    rest.matchAll(SUSPECT),
    ([character]) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  )
}

/** A word that mixes Latin letters with letters of another script that look like them; nothing if there is none. Greek symbols alone are fine. */
export const lookalikeWord = (text: string): string | undefined =>
  text
    .match(/[\p{L}\p{M}_]+/gu)
    ?.find((word) => LATIN_MIXED.test(word) && !/^[\p{Script=Greek}][A-Za-z_]|[A-Za-z_][\p{Script=Greek}]$/u.test(word))
