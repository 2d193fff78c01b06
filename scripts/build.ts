// `npm run build`: a bundle per program. `berth` must start in a quarter of a second, which hundreds of modules cannot; what a command does not
// need lies in chunks beside the entry and is not even read.
import { basename, dirname, join } from "node:path"
import { build } from "esbuild"

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

await Promise.all(
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
      logLevel: "warning",
    }),
  ),
)
console.log(`built ${programs.map((p) => p.out).join(" and ")}`)
