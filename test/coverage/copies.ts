import { dirname, posix } from "node:path"
import type { AstNode } from "../mutation/ast.ts"
import { compile } from "../mutation/sources.ts"
import { SOLIDITY_HITS } from "./hits.ts"
import { instrument } from "./instrument.ts"
import { Copy, type Point } from "./points.ts"

interface Copies {
  /** Path -> text, the functions that send hits among them. */
  texts: Map<string, string>
  /** Of the measured files, in the order of files and lines. */
  points: Point[]
}

/**
 * Copies of Solidity files that tell where they were.
 * @param files path -> bytes, and all of what they import but packages
 * @param measured which of them are instrumented; in the others `pure` becomes `view` too, for they may call the measured
 * @param hitsFile where the functions that send hits are put
 */
export function makeCopies(files: ReadonlyMap<string, Buffer>, measured: (file: string) => boolean, hitsFile: string): Copies {
  const sources = Object.fromEntries([...files].map(([file, bytes]) => [file, { content: bytes.toString() }]))
  const output = compile(sources, {}, { "*": { "": ["ast"] } })
  const error = output.errors?.find(({ severity }) => severity === "error")
  if (error) throw new Error(`The contracts do not compile: ${error.formattedMessage}`)
  const texts = new Map([[hitsFile, SOLIDITY_HITS]])
  const points: Point[] = []
  const next = { mark: 1 }
  for (const [file, bytes] of files) {
    const copy = new Copy(file, bytes, next)
    const hitsPath = posix.relative(dirname(file), hitsFile)
    instrument(
      copy,
      output.sources[file]!.ast as AstNode,
      measured(file) ? (hitsPath.startsWith(".") ? hitsPath : `./${hitsPath}`) : undefined,
    )
    texts.set(file, copy.text())
    points.push(...copy.points)
  }
  return { texts, points: points.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)) }
}
