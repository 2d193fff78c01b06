import { expect } from "chai"
import { detectInventory, gpuClassOf, parseGpus, parseMigSlices } from "./inventory.ts"

const ADA = "GPU-8f6d1c2e-0b3a-4d5e-9f70-123456789abc"
const AMPERE = "GPU-11111111-2222-3333-4444-555555555555"
const SLICE = "MIG-66666666-7777-8888-9999-aaaaaaaaaaaa"

describe("Inventory", () => {
  it("names classes by model, not by marketing", () => {
    const classes = {
      "NVIDIA GeForce RTX 4090": "nvidia/rtx-4090",
      "NVIDIA GeForce RTX 3080 Ti": "nvidia/rtx-3080-ti",
      "NVIDIA RTX A6000": "nvidia/rtx-a6000",
      "NVIDIA RTX 6000 Ada Generation": "nvidia/rtx-6000-ada",
      "NVIDIA A100-SXM4-80GB": "nvidia/a100-80gb",
      "NVIDIA A100 80GB PCIe": "nvidia/a100-80gb",
      "NVIDIA H100 80GB HBM3": "nvidia/h100-80gb",
      "NVIDIA H200": "nvidia/h200",
      "Tesla T4": "nvidia/t4",
    }
    for (const [model, gpuClass] of Object.entries(classes)) expect(gpuClassOf(model), model).to.equal(gpuClass)
  })

  it("reads cards, leaves out lost ones, and sells slices instead of a card in MIG mode", () => {
    const csv = `${ADA}, NVIDIA GeForce RTX 4090, 24564, 570.86.15, [N/A]\n${AMPERE}, NVIDIA A100-SXM4-80GB, 81920, 570.86.15, Enabled\n[Unknown Error], NVIDIA H200, [N/A], 570.86.15, Disabled\n`
    const { gpus, migParents } = parseGpus(csv)
    expect(gpus).to.deep.equal([
      { uuid: ADA, gpuClass: "nvidia/rtx-4090", model: "NVIDIA GeForce RTX 4090", memoryBytes: 24564 * 2 ** 20, driver: "570.86.15" },
    ])
    const listing = `GPU 0: NVIDIA GeForce RTX 4090 (UUID: ${ADA})\nGPU 1: NVIDIA A100-SXM4-80GB (UUID: ${AMPERE})\n  MIG 1g.10gb     Device  0: (UUID: ${SLICE})\n`
    const [slice, ...more] = parseMigSlices(listing, migParents)
    expect(more).to.deep.equal([])
    expect(slice).to.include({ uuid: SLICE, gpuClass: "nvidia/a100-80gb:1g.10gb", memoryBytes: 10 * 2 ** 30 })
  })

  it("looks at this machine", async () => {
    const inventory = await detectInventory()
    expect(inventory.cpuClass).to.match(/^cpu\//)
    expect(inventory.cpus).to.be.at.least(1)
    expect(inventory.memoryBytes).to.be.at.least(2 ** 28)
    expect(inventory.gpus.length > 0).to.equal(inventory.gpuDetail === null)
  })
})
