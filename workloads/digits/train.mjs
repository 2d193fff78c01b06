// Trains a digit reader on one core. See README.md for the data's source and licence.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { drawDigits } from "./draw.mjs"
import { createNetwork } from "./network.mjs"

const out = process.env.OUT ?? "/out"
const epochs = number("EPOCHS", 60)
const sleepSeconds = number("SLEEP_SECONDS", 0)
const started = performance.now()

function number(name, otherwise) {
  const value = Number(process.env[name] ?? otherwise)
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name}=${process.env[name]} is not a number from 0 up`)
  return value
}

function readSamples() {
  const text = gunzipSync(readFileSync(new URL("./digits.csv.gz", import.meta.url))).toString("utf8")
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const values = line.split(",").map(Number)
      return { pixels: Float64Array.from(values.slice(0, 64), (value) => value / 16), digit: values[64] }
    })
}

const samples = readSamples()
const heldOut = samples.filter((_, index) => index % 5 === 0)
const training = samples.filter((_, index) => index % 5 !== 0)
const network = createNetwork({ inputs: 64, hidden: 320, outputs: 10, seed: number("SEED", 1) })

const accuracyOf = (set) => set.filter((sample) => network.predict(sample.pixels).digit === sample.digit).length / set.length

console.log(`digits: ${training.length} training samples, ${heldOut.length} held out, ${epochs} epochs`)
let accuracy = accuracyOf(heldOut)
for (let epoch = 1; epoch <= epochs; epoch++) {
  // The step shrinks to a tenth over the run: large steps find the valley, small ones its floor.
  const loss = network.trainEpoch(training, 0.05 * 0.1 ** (epoch / epochs))
  accuracy = accuracyOf(heldOut)
  console.log(`epoch ${String(epoch).padStart(2)}/${epochs}  loss ${loss.toFixed(4)}  held-out accuracy ${(100 * accuracy).toFixed(2)} %`)
}

const seconds = (performance.now() - started) / 1000
mkdirSync(out, { recursive: true })
const wrong = heldOut.length - Math.round(accuracy * heldOut.length)
writeFileSync(
  join(out, "result.json"),
  `${JSON.stringify({ accuracy, heldOut: heldOut.length, wrong, epochs, seconds: Number(seconds.toFixed(3)) })}\n`,
)
writeFileSync(
  join(out, "digits.svg"),
  drawDigits(heldOut.slice(0, 60).map((sample) => ({ ...sample, ...network.predict(sample.pixels), truth: sample.digit }))),
)
console.log(
  `done in ${seconds.toFixed(1)} s: held-out accuracy ${(100 * accuracy).toFixed(2)} %; wrote ${join(out, "result.json")} and ${join(out, "digits.svg")}`,
)

if (sleepSeconds > 0) {
  console.log(`idle for ${sleepSeconds} s`)
  await new Promise((resolve) => setTimeout(resolve, sleepSeconds * 1000))
  console.log("idle part over")
}
