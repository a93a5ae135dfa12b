import { migrations } from "@ci-fix-pilot/planner/migrations"
import type { House } from "./house.ts"

/** The planner's tables without a planner. */
export const migrate = async (house: House) => {
  for (const { script } of migrations()) await house.sql.unsafe(script)
}
