import { bootstrap } from "./bootstrap.mjs"

bootstrap("scripts/start/main.ts", process.argv.slice(2))
