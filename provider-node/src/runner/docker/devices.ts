import type { DeviceRequest } from "dockerode"

/** A GPU's UUID as the driver names it. MIG slices are `MIG-<uuid>`. */
const UUID = /^(GPU|MIG)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The engine's request for exactly these GPUs. By UUID: indexes change when a card is added, and `Count: -1` would hand out the
 * neighbour's. `compute,utility` is all that a workload needs; graphics and display stay with the operator. Pure.
 */
export function deviceRequests(uuids: readonly string[]): DeviceRequest[] {
  if (uuids.length === 0) return []
  for (const uuid of uuids)
    if (!UUID.test(uuid)) throw new TypeError(`${uuid} is no GPU UUID; give GPU-... or MIG-... as nvidia-smi -L shows it`)
  if (new Set(uuids).size !== uuids.length) throw new TypeError(`A GPU is named twice: ${uuids.join(", ")}`)
  return [{ Driver: "nvidia", DeviceIDs: [...uuids], Capabilities: [["gpu", "compute", "utility"]] }]
}
