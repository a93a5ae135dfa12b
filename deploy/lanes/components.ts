/** The components that the tests of a fleet need, provided once for all lanes. */
import { buildSandboxImage } from "../images/build-sandbox-image.ts"
import type { Docker } from "../provision/docker.ts"
import {
  provideBubblewrap,
  provideCargo,
  provideChromium,
  provideDashboard,
  provideDocker,
  provideGo,
  provideNatsServer,
  providePostgres,
  providePython,
  provideReportTools,
} from "../provision.ts"

export interface Components {
  /** Provides what is not there yet, for all who ask meanwhile; tells the first of them why some could not be had. */
  readonly provide: () => Promise<ReadonlyArray<string>>
  /** Gives back what was started. */
  readonly release: () => Promise<void>
}

/** Nothing is done before the first `provide`. */
export const holdComponents = (): Components => {
  let docker: Docker | undefined
  let providing: Promise<ReadonlyArray<string>> | undefined
  const steps: ReadonlyArray<() => Promise<unknown>> = [
    provideNatsServer,
    providePostgres,
    provideBubblewrap,
    providePython,
    provideGo,
    provideCargo,
    provideReportTools,
    provideChromium,
    provideDashboard,
    async () => {
      docker = await provideDocker()
      await buildSandboxImage(docker.socket)
    },
  ]
  const provideAll = async () => {
    const missing: Array<string> = []
    for (const step of steps) await step().catch((error: unknown) => missing.push(error instanceof Error ? error.message : String(error)))
    return missing
  }
  return {
    provide: async () => {
      const asked = providing
      providing ??= provideAll()
      const missing = await providing
      return asked === undefined ? missing : []
    },
    release: async () => {
      await docker?.release()
      docker = undefined
    },
  }
}
