// `npm run generate`: writes the public deployments into the protocol package, for everyone else to import.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { deploymentsSource } from "./deployments-source.ts"

const root = join(import.meta.dirname, "../..")
writeFileSync(join(root, "protocol/src/generated/deployments.ts"), deploymentsSource(join(root, "ignition/deployments")))
