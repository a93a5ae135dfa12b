import { Unzip, UnzipInflate } from "fflate"

/** How much of the archive is inflated at once (bytes): deflate grows by at most about a thousand times. */
const step = 4_096

/** Whether these first bytes of a download are a zip archive's. */
export const isZip = (start: Uint8Array): boolean => start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4

/** Takes an archive in chunks cut anywhere; gives the bytes of the entries that `wanted` names, in the archive's order. */
export interface Unzipper {
  /** @throws Error when the bytes are no zip archive. */
  readonly push: (chunk: Uint8Array) => ReadonlyArray<Uint8Array>
}

/** A streaming unzipper of plain and deflated entries. It holds what one push of it gives, never an entry or the archive. */
export const makeUnzipper = (wanted: (name: string) => boolean): Unzipper => {
  let out: Array<Uint8Array> = []
  let failure: Error | undefined
  const unzip = new Unzip((file) => {
    if (!wanted(file.name)) return
    file.ondata = (error, data) => {
      if (error !== null) failure = error
      else if (data.length > 0) out.push(data)
    }
    file.start()
  })
  unzip.register(UnzipInflate)
  return {
    push: (chunk) => {
      out = []
      for (let at = 0; at < chunk.length; at += step) unzip.push(chunk.subarray(at, at + step))
      if (failure !== undefined) throw failure
      return out
    },
  }
}

/** The name GitHub gives a job's whole log in the archive of a run: `0_build.txt`. Signs that no file name may hold are left out there. */
export const isLogOf =
  (job: string) =>
  (name: string): boolean => {
    const whole = /^-?\d+_(.*)\.txt$/u.exec(name)?.[1]
    return whole !== undefined && letters(whole) === letters(job)
  }

const letters = (name: string): string => name.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase()
