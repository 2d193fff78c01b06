// The README's picture of a run, docs/start.svg, from the output of `npm start -- --once`: `npm run picture`.
import { writeFileSync } from "node:fs"
import { text } from "node:stream/consumers"

const FONT = 12
const LINE = 16
const LONGEST = 150
/** Epochs of the training that are shown, before its last one. */
const EPOCHS = 3

const lines = shown((await text(process.stdin)).split("\n"))
const width = Math.round(Math.max(...lines.map((line) => line.length)) * 7.3 + 40)
const height = lines.length * LINE + 40
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Output of npm start -- --once"><rect width="100%" height="100%" rx="8" fill="#12161c"/><g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="${FONT}" xml:space="preserve">
${lines.map(drawn).join("\n")}
</g></svg>
`
writeFileSync(new URL("../../docs/start.svg", import.meta.url), svg)

/** From the first step to the last word, most epochs left out, paths without this folder. */
function shown(all: readonly string[]): string[] {
  const [first, last] = [all.findIndex((line) => line.startsWith("1  ")), all.findIndex((line) => line.startsWith("All checks held"))]
  if (first === -1 || last === -1) throw new Error("this is not the output of an `npm start -- --once` whose checks held")
  let epochs = 0
  return all.slice(first, last + 1).flatMap((whole) => {
    const line = whole.replaceAll(`${process.cwd()}/`, "").slice(0, LONGEST)
    if (!line.includes("| epoch")) return [line]
    epochs++
    if (epochs <= EPOCHS || / (\d+)\/\1\b/.test(line)) return [line]
    return epochs === EPOCHS + 1 ? ["   | ..."] : []
  })
}

function drawn(line: string, i: number): string {
  const isHead = /^(\d {2}|All)/.test(line)
  const isReceipt = line.includes("receipt ") && line.includes("both signed")
  const fill = isHead ? "#ffffff" : isReceipt ? "#7fd1b9" : line.trimStart().startsWith("|") ? "#8fa3b8" : "#d5dde6"
  const escaped = line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
  return `<text x="20" y="${30 + i * LINE}" fill="${fill}"${isHead ? ' font-weight="bold"' : ""}>${escaped}</text>`
}
