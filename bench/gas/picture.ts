import { BARS } from "./bars.ts"
import type { Measured } from "./measure.ts"
import { PEERS } from "./peers.ts"

type Results = Readonly<Record<string, Measured>>

const WIDTH = 880
const LABELS = 300
const FIGURES = 90
const ROW = 24
const PLOT = WIDTH - LABELS - FIGURES - 48

/** One bar: `kind` chooses its colour, `limit` draws what it may take at most. */
interface Row {
  readonly label: string
  readonly value: number
  readonly kind: "ours" | "other"
  readonly limit?: number
}

interface Panel {
  readonly title: string
  readonly subtitle: string
  readonly rows: readonly Row[]
}

/** Colours follow the reader's scheme; where that is not known (no CSS media queries), the light ones stand. */
const STYLE = `
  .ground { fill: #ffffff } .title { fill: #1f2328; font-weight: 600; font-size: 17px } .subtitle { fill: #59636e; font-size: 12.5px }
  .label { fill: #1f2328; font-size: 13px; text-anchor: end } .figure { fill: #1f2328; font-size: 13px; font-variant-numeric: tabular-nums }
  .ours { fill: #0969da } .other { fill: #aeb7c2 } .limit { stroke: #bc4c00; stroke-width: 2 } .axis { stroke: #d1d9e0 }
  text { font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .title, .label, .figure { fill: #f0f6fc } .subtitle { fill: #9198a1 }
    .ours { fill: #4493f8 } .other { fill: #59636e } .limit { stroke: #db6d28 } .axis { stroke: #3d444d }
  }`

/** gas.svg: the same text for the same results. */
export function draw(results: Results): string {
  const panels = [peerPanel(results), batchPanel(results), flowPanel(results), monthPanel(results)]
  let top = 20
  const drawn = panels.map((panel) => {
    const at = top
    top += heightOf(panel)
    return panelAt(panel, at)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img" aria-labelledby="what">
<title id="what">Gas of Berth's flows, and of one settled tab-day beside other systems</title>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${top}" rx="10"/>
${drawn.join("\n")}
</svg>
`
}

function peerPanel(results: Results): Panel {
  const ours = results["settle-100"]!
  return {
    title: "Gas to settle one item",
    subtitle: `Berth: one tab-day, 100 in a batch, ${ours.bytesPerItem} bytes each. Others: their sources on the same EVM, lower bounds.`,
    rows: [
      { label: "Berth, 100 tabs", value: ours.gasPerItem, kind: "ours" },
      ...PEERS.map(([label, value]): Row => ({ label, value, kind: "other" })),
    ],
  }
}

function batchPanel(results: Results): Panel {
  const names = ["settle-1", "settle-10", "settle-10x10", "settle-100", "settle-500", "settle-max"]
  const label = (name: string) => (name === "settle-max" ? `${name} (${results[name]!.items} tabs, one transaction)` : name)
  return {
    title: "Gas a tab-day, by the size of the batch",
    subtitle: "settle-10x10: ten nodes of ten operators. The mark is the bar that may not be missed.",
    rows: names.map((name) => ({ label: label(name), value: results[name]!.gasPerItem, kind: "ours", ...limitOf(name, "gasPerItem") })),
  }
}

function flowPanel(results: Results): Panel {
  const names = ["deposit", "open-tab", "deposit-open", "top-up", "close-tab", "close-timed", "withdraw", "open-order", "claim-order"]
  const more = ["stake", "reserve", "claim-1", "claim-30", "transfer", "refund", "anchor-0", "anchor-100"]
  return {
    title: "Gas of a flow",
    subtitle: "All in: 21,000 a transaction, calldata, execution. What each does: bench/gas. Marks are bars.",
    rows: [...names, ...more].map((name) => ({ label: name, value: results[name]!.gas, kind: "ours", ...limitOf(name, "gas") })),
  }
}

function monthPanel(results: Results): Panel {
  const settled = Math.round(30 * results["settle-100"]!.gasPerItem)
  const others = PEERS.slice(0, 4)
  return {
    title: "Gas of a month",
    subtitle: "Thirty settlements; Berth's second line adds deposit, opening, close and withdrawal, which the others' lines leave out.",
    rows: [
      { label: "Berth, 30 settlements", value: settled, kind: "ours" },
      { label: "Berth, the whole month of one tenant", value: results.month!.gas, kind: "ours" },
      ...others.map(([label, gas]): Row => ({ label: label.replace(/, .*\d.*/, ""), value: 30 * gas, kind: "other" })),
    ],
  }
}

function limitOf(flow: string, what: "gas" | "gasPerItem"): { limit?: number } {
  const bar = BARS.find((candidate) => candidate.flow === flow && candidate.what === what)
  return bar ? { limit: bar.limit } : {}
}

function heightOf({ rows }: Panel): number {
  return 62 + rows.length * ROW + 22
}

function panelAt({ title, subtitle, rows }: Panel, top: number): string {
  const most = Math.max(...rows.map(({ value, limit }) => Math.max(value, limit ?? 0)))
  const x = (value: number) => Math.round((value / most) * PLOT * 10) / 10
  const lines = rows.map(({ label, value, kind, limit }, i) => {
    const y = top + 62 + i * ROW
    const mark = limit === undefined ? "" : `<path class="limit" d="M${LABELS + x(limit)} ${y - 1}v${ROW - 4}"/>`
    const end = LABELS + Math.max(x(value), limit === undefined ? 0 : x(limit))
    return `<text class="label" x="${LABELS - 10}" y="${y + 14}">${escaped(label)}</text><rect class="${kind}" x="${LABELS}" y="${y + 2}" width="${Math.max(x(value), 1)}" height="${ROW - 8}" rx="2"/>${mark}<text class="figure" x="${end + 8}" y="${y + 14}">${grouped(value)}</text>`
  })
  return `<text class="title" x="24" y="${top + 20}">${escaped(title)}</text>
<text class="subtitle" x="24" y="${top + 42}">${escaped(subtitle)}</text>
<path class="axis" d="M${LABELS}.5 ${top + 58}v${rows.length * ROW}"/>
${lines.join("\n")}`
}

/** 13475.7 -> 13,476. Not Intl: the same bytes on every machine. */
function grouped(value: number): string {
  return `${Math.round(value)}`.replace(/\B(?=(\d{3})+$)/g, ",")
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
}
