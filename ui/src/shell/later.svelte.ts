type Parts = typeof import("./parts-for-later.ts")

/** What nothing that is seen first needs: it is fetched, in one piece, once the page stands. */
class Later {
  parts: Parts | undefined = $state.raw()
  /** It could not be fetched: the server has another build by now, or is away. */
  failed: boolean = $state.raw(false)

  async fetch() {
    try {
      this.parts = await import("./parts-for-later.ts")
    } catch {
      this.failed = true
    }
  }
}

export const later = new Later()
