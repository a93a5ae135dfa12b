import { spawnSync } from "node:child_process"
import { installPackages } from "./system-packages.ts"

/** The version of the python3 on PATH, when it has pytest and pip. */
export const findPython = (): string | undefined => {
  const { status, stdout } = spawnSync("python3", ["-c", "import pip, platform, pytest; print(platform.python_version())"], {
    encoding: "utf8",
  })
  return status === 0 ? stdout.trim() : undefined
}

/** Installs the system's python3 with pytest and pip. */
export const installPython = (): Promise<void> =>
  installPackages("python3 with pytest and pip", ["python3", "python3-pytest", "python3-pip"], () => findPython() !== undefined)
