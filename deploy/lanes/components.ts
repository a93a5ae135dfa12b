/** The components that the tests of a fleet need, provided once for all lanes. */
import { buildSandboxImage } from "../images/build-sandbox-image.ts"
import type { Docker } from "../provision/docker.ts"
import {
  provideBubblewrap,
  provideChromium,
  provideDashboard,
  provideDocker,
  provideNatsServer,
  providePostgres,
  providePython,
  provideReportTools,
} from "../provision.ts"

export interface Components {
  /** Provides what is not there yet; returns why some could not be had, once. */
  readonly provide: () => Promise<ReadonlyArray<string>>
  /** Gives back what was started. */
  readonly release: () => Promise<void>
}

/** Nothing is done before the first `provide`. */
export const holdComponents = (): Components => {
  let docker: Docker | undefined
  let provided = false
  const steps: ReadonlyArray<() => Promise<unknown>> = [
    provideNatsServer,
    providePostgres,
    provideBubblewrap,
    providePython,
    provideReportTools,
    provideChromium,
    provideDashboard,
    async () => {
      docker = await provideDocker()
      await buildSandboxImage(docker.socket)
    },
  ]
  return {
    provide: async () => {
      if (provided) return []
      provided = true
      const missing: Array<string> = []
      for (const step of steps) await step().catch((error: unknown) => missing.push(error instanceof Error ? error.message : String(error)))
      return missing
    },
    release: async () => {
      await docker?.release()
      docker = undefined
    },
  }
}
