// A picture of digits with what the network read: blue where it is right, red with the true digit where it is not.

const CELL = 8
const TILE = 8 * CELL
const STEP_X = TILE + 24
const STEP_Y = TILE + 40
const COLUMNS = 12

export function drawDigits(digits) {
  const rows = Math.ceil(digits.length / COLUMNS)
  const width = COLUMNS * STEP_X + 24
  const height = rows * STEP_Y + 24
  const tiles = digits.map((digit, index) => drawTile(digit, 24 + (index % COLUMNS) * STEP_X, 24 + Math.floor(index / COLUMNS) * STEP_Y))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">
<title>Held-out digits and what the network read</title>
<rect width="100%" height="100%" fill="#fff"/>
${tiles.join("\n")}
</svg>
`
}

function drawTile({ pixels, digit, truth, chance }, x, y) {
  const right = digit === truth
  const cells = Array.from(pixels, (value, index) => {
    if (value === 0) return ""
    const left = x + (index % 8) * CELL
    const top = y + Math.floor(index / 8) * CELL
    return `<rect x="${left}" y="${top}" width="${CELL}" height="${CELL}" fill="#10182b" fill-opacity="${value.toFixed(2)}"/>`
  }).join("")
  const label = right ? `${digit}` : `${digit} (is ${truth})`
  return `<g><rect x="${x}" y="${y}" width="${TILE}" height="${TILE}" fill="#eef1f6"/>${cells}<text x="${x + TILE / 2}" y="${y + TILE + 18}" text-anchor="middle" font-size="15" fill="${right ? "#1f5fd0" : "#c22"}">${label}<title>${(100 * chance).toFixed(1)} %</title></text></g>`
}
