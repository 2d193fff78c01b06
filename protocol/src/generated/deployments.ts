// Written by `npm run generate` from ignition/deployments. Do not edit.
import type { Deployment } from "../deployments.ts"

export const publicDeployments: readonly Deployment[] = []
