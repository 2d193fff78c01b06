// A network of one hidden layer (ReLU) with a softmax on top, trained by plain stochastic gradient descent.

/** Mulberry32: small, fast, the same numbers everywhere. */
function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

export function createNetwork({ inputs, hidden, outputs, seed }) {
  const random = randomFrom(seed)
  const weights = (from, to) => Float64Array.from({ length: from * to }, () => (random() * 2 - 1) * Math.sqrt(6 / from))
  const inner = weights(inputs, hidden)
  const innerBias = new Float64Array(hidden)
  const outer = weights(hidden, outputs)
  const outerBias = new Float64Array(outputs)
  const active = new Float64Array(hidden)
  const chance = new Float64Array(outputs)

  function forward(pixels) {
    for (let unit = 0; unit < hidden; unit++) {
      let sum = innerBias[unit]
      const row = unit * inputs
      for (let index = 0; index < inputs; index++) sum += inner[row + index] * pixels[index]
      active[unit] = Math.max(sum, 0)
    }
    let total = 0
    for (let label = 0; label < outputs; label++) {
      let sum = outerBias[label]
      const row = label * hidden
      for (let unit = 0; unit < hidden; unit++) sum += outer[row + unit] * active[unit]
      chance[label] = Math.exp(Math.min(sum, 500))
      total += chance[label]
    }
    for (let label = 0; label < outputs; label++) chance[label] /= total
  }

  function learn(pixels, digit, step) {
    forward(pixels)
    const loss = -Math.log(Math.max(chance[digit], 1e-12))
    for (let unit = 0; unit < hidden; unit++) {
      let blame = 0
      for (let label = 0; label < outputs; label++) {
        const error = chance[label] - (label === digit ? 1 : 0)
        const at = label * hidden + unit
        blame += error * outer[at]
        outer[at] -= step * error * active[unit]
      }
      if (active[unit] === 0) continue
      const row = unit * inputs
      for (let index = 0; index < inputs; index++) inner[row + index] -= step * blame * pixels[index]
      innerBias[unit] -= step * blame
    }
    for (let label = 0; label < outputs; label++) outerBias[label] -= step * (chance[label] - (label === digit ? 1 : 0))
    return loss
  }

  return {
    /** One pass over the set in a new order; gives the mean loss. */
    trainEpoch(set, step) {
      const order = set.map((_, index) => index)
      for (let index = order.length - 1; index > 0; index--) {
        const other = Math.floor(random() * (index + 1))
        ;[order[index], order[other]] = [order[other], order[index]]
      }
      let loss = 0
      for (const index of order) loss += learn(set[index].pixels, set[index].digit, step)
      return loss / set.length
    },
    /** The likeliest digit and its chance. */
    predict(pixels) {
      forward(pixels)
      let digit = 0
      for (let label = 1; label < outputs; label++) if (chance[label] > chance[digit]) digit = label
      return { digit, chance: chance[digit] }
    },
  }
}
