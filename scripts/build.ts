// `npm run build`: a bundle per program. `berth` must start in a quarter of a second, which hundreds of modules cannot; what a command does not
// need lies in chunks beside the entry and is not even read.
import { globSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import { build } from "esbuild"
import { BuildStamp } from "./build-stamp.ts"
import { STAMP_FILE } from "./start/programs.ts"

const root = join(import.meta.dirname, "..")
const programs = [
  { entry: "tenant-sdk/src/cli/main.ts", out: "tenant-sdk/dist/berth.js" },
  { entry: "provider-node/src/main.ts", out: "provider-node/dist/berth-node.js" },
]

/** What CommonJS packages inside an ES module ask for. */
const COMMONJS = `import { createRequire as berthCreateRequire } from "node:module"
const require = berthCreateRequire(import.meta.url)
const __filename = import.meta.filename
const __dirname = import.meta.dirname`

const stamp = new BuildStamp(root, STAMP_FILE)
stamp.forget()
const began = Date.now()
const results = await Promise.all(
  programs.map(({ entry, out }) =>
    build({
      entryPoints: [join(root, entry)],
      outdir: dirname(join(root, out)),
      entryNames: basename(out, ".js"),
      splitting: true,
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      mainFields: ["module", "main"],
      // Native code finds its binary by its own place on disk; cpu-features is an optional part of dockerode's ssh that nobody here needs.
      external: ["secp256k1", "cpu-features", "*.node"],
      banner: { js: COMMONJS },
      sourcemap: true,
      absWorkingDir: root,
      metafile: true,
      logLevel: "warning",
    }),
  ),
)
// Where a package's name leads is decided by the lock file and by the workspaces' own package.json.
const deciding = globSync(["package-lock.json", "package.json", "*/package.json", "tsconfig.json"], { cwd: root })
stamp.keep(
  {
    inputs: [relative(root, import.meta.filename), ...deciding, ...results.flatMap(({ metafile }) => Object.keys(metafile.inputs))],
    outputs: results.flatMap(({ metafile }) => Object.keys(metafile.outputs)),
  },
  began,
)
console.log(`built ${programs.map((p) => p.out).join(" and ")}`)
