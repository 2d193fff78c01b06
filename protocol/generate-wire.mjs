// Generates src/wire/generated/messages.{js,d.ts} from messages.proto. protons writes TypeScript with namespaces, which Node's type
// stripping can't run, so it is compiled to JavaScript with declarations here. Run by `npm run generate`.
import { execFileSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const here = import.meta.dirname
const out = join(here, "src/wire/generated")
const work = mkdtempSync(join(here, "src/wire/tmp-"))
const bin = (name) => join(here, "../node_modules/.bin", name)
try {
  copyFileSync(join(here, "src/wire/messages.proto"), join(work, "messages.proto"))
  execFileSync(bin("protons"), [join(work, "messages.proto")], { stdio: ["ignore", "ignore", "inherit"] })
  execFileSync(
    bin("tsc"),
    [
      join(work, "messages.ts"),
      ..."--target es2024 --module nodenext --moduleResolution nodenext --declaration --strict --skipLibCheck --outDir".split(" "),
      out,
    ],
    { stdio: "inherit" },
  )
  mkdirSync(out, { recursive: true })
  for (const ext of ["js", "d.ts"]) {
    const file = join(out, `messages.${ext}`)
    writeFileSync(
      file,
      `// Generated from messages.proto by generate-wire.mjs. Do not edit.\n${readFileSync(file, "utf8").replaceAll("Uint8Array<ArrayBuffer>", "Uint8Array")}`,
    )
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
