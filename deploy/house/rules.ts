import { dashboardRules } from "./dashboard.ts"
import { edgeRules } from "./edges.ts"
import { nameRules } from "./names.ts"
import { placeRules } from "./places.ts"
import { purityRules } from "./purity.ts"
import { sizeRules } from "./size.ts"
import type { Rule } from "./source-file.ts"
import { subjectRule } from "./subjects.ts"
import { testRules } from "./tests.ts"
import { unusedRules } from "./unused.ts"
import { vendorRules } from "./vendors.ts"

/** All rules of the house. */
export const rules: ReadonlyArray<Rule> = [
  ...edgeRules,
  ...dashboardRules,
  ...vendorRules,
  ...unusedRules,
  ...sizeRules,
  ...nameRules,
  ...purityRules,
  subjectRule,
  ...testRules,
  ...placeRules,
]
