import { execFileSync } from "node:child_process"
import { cpus, release, totalmem } from "node:os"
import type { FirstLog } from "../first-log.ts"
import type { Measured } from "../gas/measure.ts"
import { PEERS } from "../gas/peers.ts"
import type { Memory } from "../memory.ts"
import type { ReceiptRates } from "../receipts.ts"
import type { Start } from "../start.ts"
import type { Visible } from "../visible.ts"
import type { Spread } from "./figures.ts"

/** When, on what and of which sources a figure was taken. */
interface Taken {
  readonly date: string
  readonly commit: string
  readonly machine: string
}

/** What `npm run bench` has measured, each by the last run that did. */
export interface Results {
  readonly firstLog?: FirstLog & Taken
  readonly receipts?: ReceiptRates & Taken
  readonly visible?: Visible & Taken
  readonly memory?: Memory & Taken
  readonly start?: Start & Taken
}

export function machineNow(): Taken {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname }).trim()
  const [cpu] = cpus()
  const changed = git("status", "--porcelain", "--untracked-files=no") ? " and changes" : ""
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    commit: `${git("rev-parse", "--short", "HEAD")}${changed}`,
    machine: `${cpus().length} x ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
  }
}

/** bench/RESULTS.md. */
export function report(results: Results, gas: Readonly<Record<string, Measured>>): string {
  const { firstLog, receipts, visible, memory, start } = results
  return `${[
    "# Benchmarks",
    "Written by `npm run bench`, which runs them all; `npm run bench -- NAME` runs one and keeps the others' figures. Gas is the same on every machine: CI measures it anew at every commit and compares. Under each other heading stand the command, the machine and the commit that were measured.",
    "`load` is the machine's load average over the minute in which the figure was taken: above the number of cores, others ran too and wall-clock figures are worse than on a machine of one's own.",
    gasSection(gas),
    firstLog && [firstLogSection(firstLog), takenLine("firstLog", firstLog)],
    receipts && [receiptsSection(receipts), takenLine("receipts", receipts)],
    visible && [visibleSection(visible), takenLine("visible", visible)],
    memory && [memorySection(memory), takenLine("memory", memory)],
    start && [startSection(start), takenLine("start", start)],
  ]
    .flat()
    .filter(Boolean)
    .join("\n\n")}\n`
}

function takenLine(name: string, { date, commit, machine }: Taken): string {
  return `\`npm run bench -- ${name}\` on ${date} UTC, commit ${commit}. ${machine}.`
}

function gasSection(gas: Readonly<Record<string, Measured>>): string {
  const ours = gas["settle-100"]!
  const rows = Object.entries(gas).map(([flow, m]) => [flow, m.gas, m.calldataBytes, m.items, m.gasPerItem, m.bytesPerItem])
  const peers = [["Berth, 100 tabs of one node", ours.gasPerItem, ours.bytesPerItem] as const, ...PEERS].map(([what, each, bytes]) => [
    what,
    each,
    bytes,
    (each / ours.gasPerItem).toFixed(2),
  ])
  return `## Gas and bytes

Bars: settle-100 at most 13,500 gas and 116 bytes a tab; open-tab 85,000; deposit-open 205,000; reserve 215,000; claim-30 90,000; an anchor 32,000 and 42 a byte. \`npm run bench:gas\` fails when one is missed. What was tried to lower them: [gas/PUSH.md](gas/PUSH.md).

![Gas of settlement beside other systems, and of every flow](gas/gas.svg)

${table(["flow", "gas", "calldata bytes", "items", "gas an item", "bytes an item"], rows)}

\`month\` is added up: deposit-open, thirty times a hundredth of settle-100, close-tab and withdraw.

One item settled, beside others on the same EVM:

${table(["", "gas", "bytes", "times ours"], peers)}`
}

function firstLogSection({ berthMs, dockerMs, dockerConfinedMs, brief, overheadMs, barMs, load }: FirstLog): string {
  const briefOver = brief.berthMs.p50 - brief.dockerMs.p50
  const row = (what: string, s: Spread) => [what, s.n, s.p50, s.p95, s.min]
  return `## From the command to the first log byte

Spawn of the bundled \`berth run\` (tab open, image present, agent resident, a tenant unknown to the node, so that the first receipt is countersigned before the start) to the first byte of the container's output; \`docker run\` of the same image on the same engine and network, interleaved. "As a lease" is \`docker run\` with a lease's restrictions. The container writes and goes on for a moment; "brief" ones write and exit at once.

${table(
  ["ms", "n", "p50", "p95", "min"],
  [
    row("berth run", berthMs),
    row("docker run", dockerMs),
    row("docker run, as a lease", dockerConfinedMs),
    row("berth run, brief", brief.berthMs),
    row("docker run, brief", brief.dockerMs),
  ],
)}

${verdict(overheadMs <= barMs)} p50 of berth run is ${signed(overheadMs)} ms beside docker run (bar: at most +${barMs}), ${signed(berthMs.p50 - dockerConfinedMs.p50)} ms beside docker run as a lease (load ${load}).

${verdict(briefOver <= barMs)} For brief ones: ${signed(briefOver)} ms.`
}

function receiptsSection({ barPerSecond, fsync, cases, baseline, load }: ReceiptRates): string {
  const rows = cases.map((c) => [
    c.batch,
    c.leasesInBooks,
    ...[c.node, c.agent, c.adopt].flatMap(({ perSecond, perCpuSecond }) => [perSecond, perCpuSecond]),
  ])
  const [first] = cases
  const met = first !== undefined && Math.min(first.node.perCpuSecond, first.agent.perCpuSecond) >= barPerSecond
  return `## Receipts a second, one core

The real loops and stores of both sides, without engine and network. Node: meter sample to committed row and encoded frame. Agent: frame to verified, countersigned and committed. Then the node again: countersignature verified and committed. ${fsync}. "a second" is by the wall clock, fsync and waiting for a core included; "CPU" is by the CPU time used.

${table(
  ["receipts a tick", "leases in a tab's books", "node a second", "CPU", "agent a second", "CPU", "node, countersigned, a second", "CPU"],
  rows,
)}

${verdict(met)} Bar: ${barPerSecond} a second on a core, node and agent; judged by CPU time at the first row; tabs with 100 leases in their books are below it. In the same run and by CPU time this core does ${baseline.signaturesPerCpuSecond} native signatures or ${baseline.recoversPerCpuSecond} native recoveries a second; a receipt takes one of each on the agent (load ${load}).`
}

function visibleSection({ minedToGraphqlMs: s, barMs, load }: Visible): string {
  return `## From a block to GraphQL

Mined to visible through a query, n ${s.n}: p50 ${s.p50} ms, p95 ${s.p95} ms, max ${s.max} ms (load ${load}). p50: ${verdict(s.p50 <= barMs)} p95: ${verdict(s.p95 <= barMs)} Bar: one poll of the indexer, ${barMs} ms.`
}

function memorySection({ load, idleMiB, leases, withLeasesMiB }: Memory): string {
  return `## Memory of a node

RSS of the real \`berth-node\` process (load ${load}): idle ${idleMiB} MiB; with one tab's books of ${leases} leases that ran ${withLeasesMiB} MiB.`
}

function startSection({ coldS, warmS, coldBarS, warmBarS, stolen, load }: Start): string {
  const percent = stolen?.map((share) => `${Math.round((share ?? 0) * 100)} %`)
  const host = percent ? ` The host gave others ${percent.join(", ")} of this machine's time meanwhile.` : ""
  return `## npm start

\`npm start -- --once\`, from the command to exit 0 (load ${load} before): ${coldS} s in a fresh clone, its packages from the registry; then ${warmS.join(", ")} s. Cold: ${verdict(coldS <= coldBarS)} Bar: ${coldBarS} s. Warm: ${verdict(Math.max(...warmS) <= warmBarS)} Bar: ${warmBarS} s, for each.${host}`
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((c) => (typeof c === "number" ? c.toLocaleString("en") : c)).join(" | ")} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n")
}

const verdict = (met: boolean) => (met ? "**Bar met.**" : "**Bar missed.**")
const signed = (ms: number) => `${ms > 0 ? "+" : ""}${Math.round(ms)}`
