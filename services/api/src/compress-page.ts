import { constants, createGzip, type Gzip } from "node:zlib"

const write = (gzip: Gzip, text: string) =>
  new Promise<void>((resolve) => {
    gzip.write(text)
    // After a full flush nothing refers to what came before.
    gzip.flush(constants.Z_FULL_FLUSH, () => resolve())
  })

/**
 * Compresses a page that is made anew for each visitor. The secret in it is compressed apart from the rest: texts of strangers stand in the
 * page, and how well they compress together with a secret would tell whoever sees the length, but not the page, how alike the two are.
 */
export const compressPage = async (html: string, secret: string | undefined): Promise<Uint8Array<ArrayBuffer>> => {
  const gzip = createGzip({ level: 6 })
  const pieces: Array<Uint8Array> = []
  gzip.on("data", (piece: Uint8Array) => pieces.push(piece))
  const done = new Promise<void>((resolve, reject) => gzip.on("end", resolve).on("error", reject))
  const at = secret === undefined ? -1 : html.indexOf(secret)
  if (secret !== undefined && at !== -1) {
    await write(gzip, html.slice(0, at))
    await write(gzip, secret)
    gzip.end(html.slice(at + secret.length))
  } else gzip.end(html)
  await done
  return new Uint8Array(Buffer.concat(pieces))
}
