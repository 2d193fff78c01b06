import { standardPaths } from "../config.ts"
import type { ConfigFlags } from "./program.ts"

const text = (value: string) => JSON.stringify(value)

/** A config to start from, with what the command line already said. Every setting is in provider-node/config.schema.json. */
export function sampleConfig(flags: ConfigFlags): string {
  return `# berth-node: settings. Every one can also be given as BERTH_NODE_NAME (BERTH_NODE_RPC_URL) or, the usual ones, as a flag.

# The chain. Without rpcUrl the deployment's own is used.
deployment = ${text(flags.deployment ?? "deployment.json")}
${flags.rpcUrl ? `rpcUrl = ${text(flags.rpcUrl)}` : '# rpcUrl = "https://..."'}

# Journal, key and control socket.
dataDir = ${text(flags.dataDir ?? standardPaths().data)}
${flags.passphraseFile ? `passphraseFile = ${text(flags.passphraseFile)}` : '# passphraseFile = "/etc/berth/passphrase"   # without it, start asks'}

# Where others reach this node. announce replaces what is told to them: set it behind a router.
listen = ["/ip4/0.0.0.0/tcp/9001", "/ip4/0.0.0.0/tcp/9002/ws"]
# announce = ["/dns4/node.example.org/tcp/9001"]

# The container engine (Docker or Podman), and the label by which this node knows its own containers.
engineSocket = "/var/run/docker.sock"
# instance = "home"         # default: made from the node's address

tier = "individual"       # individual, data-center or partner
region = "ZZ"             # ISO 3166 code, with a city if you like: "DE/Berlin"

# Recorders anchor your records and settle your days. None is needed to work, one to be paid without doing it yourself.
recorders = []

# GPUs for a term of days, prepaid at a discount. Needs stake (berth stake) and some of the chain's currency on the node's address.
[reservations]
enabled = false

# What you sell: class, units, credits (1e-6 USD) per unit and hour; what reservations of a term cost less, in basis points.
[[offers]]
class = "cpu/x86-64"
count = 1
price = 20000
memoryMiB = 1024
# A GPU's activity can't be metered yet, so this is refused; it will look like:
# [[offers]]
# class = "nvidia/rtx-4090"
# count = 1
# price = 400000
# devices = ["GPU-..."]   # from nvidia-smi -L
# vramMiB = 24564
# discounts = [{ term = 30, bps = 1000 }, { term = 180, bps = 2500 }]
`
}
