#!/usr/bin/env node
import { existsSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

// The bundle when it was built (npm run build), else the sources; the compile cache spares parsing at every start.
enableCompileCache?.()
const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const bundle = join(root, "dist", "berth.js")
await import(existsSync(bundle) ? bundle : join(root, "src", "cli", "main.ts"))
