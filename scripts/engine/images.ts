import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { callEngine, checkStream } from "./api.ts"
import { canInstall, findProgram, howToGet, type Log, needProgram } from "./install.ts"
import { busyboxRoot, hashRoot, nodeRoot, type RootEntry, tarRoot } from "./rootfs.ts"
import { ticking } from "./ticking.ts"

export interface BuildOptions {
  readonly socketPath: string
  /** May install busybox-static where it is missing. */
  readonly install: boolean
  readonly log: Log
}

export const BUSYBOX_IMAGE = "berth/busybox:local"
export const NODE_IMAGE = "berth/node:local"
export const DIGITS_IMAGE = "berth/digits:local"

const BUSYBOX = "busybox"
const BUSYBOX_PACKAGE = "busybox-static"
const HASH_LABEL = "berth.hash"
const repository = fileURLToPath(new URL("../..", import.meta.url))
const PATH = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

interface ImageFacts {
  readonly Id: string
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null }
}

/** What the engine knows of an image, or null. */
async function findImage(socketPath: string, name: string): Promise<ImageFacts | null> {
  try {
    return JSON.parse(await callEngine({ socketPath, path: `/images/${name}/json` })) as ImageFacts
  } catch (error) {
    if ((error as { status?: number }).status === 404) return null
    throw error
  }
}

const query = (fields: Readonly<Record<string, string>>, repeated: readonly [string, string][] = []) =>
  new URLSearchParams([...Object.entries(fields), ...repeated]).toString()

async function importRoot(options: BuildOptions, name: string, entries: readonly RootEntry[], changes: readonly string[]): Promise<string> {
  const { socketPath } = options
  const hash = hashRoot(entries, ...changes)
  const known = await findImage(socketPath, name)
  if (known?.Config.Labels?.[HASH_LABEL] === hash) return known.Id
  options.log(`Building ${name}`)
  const [repo, tag] = name.split(":") as [string, string]
  const all = [...changes, `ENV ${PATH}`, `LABEL ${HASH_LABEL}=${hash}`].map((change): [string, string] => ["changes", change])
  const path = `/images/create?${query({ fromSrc: "-", repo, tag }, all)}`
  checkStream(await callEngine({ socketPath, method: "POST", path, tar: tarRoot(entries) }))
  return (await findImage(socketPath, name))!.Id
}

/**
 * The busybox to build images from; undefined where the engine has to pull images instead: this machine's programs don't run in the engine's Linux
 * (macOS, Windows), or there is none and it can't be installed, as by an ordinary user with a running engine.
 */
async function ownBusybox(options: BuildOptions): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined
  return findProgram(BUSYBOX) !== null || canInstall({ install: true }) ? needProgram(BUSYBOX, BUSYBOX_PACKAGE, options) : undefined
}

/** The usual registry's image under our name. */
async function pullAs(options: BuildOptions, from: string, name: string): Promise<string> {
  const { socketPath } = options
  const known = await findImage(socketPath, name)
  if (known !== null) return known.Id
  options.log(`Pulling ${from} as ${name}`)
  const [fromImage, fromTag] = from.split(":") as [string, string]
  const path = `/images/create?${query({ fromImage, tag: fromTag })}`
  const pull = callEngine({ socketPath, method: "POST", path, timeoutMs: 600_000 }).then(checkStream)
  await ticking(options.log, `pulling ${from}`, pull).catch((error: Error) => {
    const instead =
      process.platform === "linux" ? ` With busybox it would be built here: ${howToGet(BUSYBOX, BUSYBOX_PACKAGE, options)}` : ""
    throw new Error(`the engine could not pull ${from} (${error.message}).${instead}`, { cause: error })
  })
  const [repo, tag] = name.split(":") as [string, string]
  await callEngine({ socketPath, method: "POST", path: `/images/${from}/tag?${query({ repo, tag })}` })
  return (await findImage(socketPath, name))!.Id
}

/** Makes `berth/busybox:local` present and gives its id. */
export async function buildBusyboxImage(options: BuildOptions): Promise<string> {
  const busybox = await ownBusybox(options)
  if (busybox === undefined) return pullAs(options, "busybox:1.36", BUSYBOX_IMAGE)
  return importRoot(options, BUSYBOX_IMAGE, await busyboxRoot(busybox), ['CMD ["sh"]'])
}

/** Makes `berth/node:local` present: Node 24 from our own dependencies on top of busybox. */
export async function buildNodeImage(options: BuildOptions): Promise<string> {
  const busybox = await ownBusybox(options)
  if (busybox === undefined) return pullAs(options, "node:24-slim", NODE_IMAGE)
  const entries = [...(await busyboxRoot(busybox)), ...(await nodeRoot(join(repository, "node_modules/node/bin/node")))]
  return importRoot(options, NODE_IMAGE, entries, ['CMD ["node"]'])
}

/** Makes `berth/digits:local` present: the Node image with workloads/digits in /work. */
export async function buildWorkloadImage(options: BuildOptions): Promise<string> {
  const { socketPath } = options
  const base = await buildNodeImage(options)
  const folder = join(repository, "workloads/digits")
  const files = readdirSync(folder).filter((file) => !file.endsWith(".test.ts"))
  const entries: RootEntry[] = [
    { path: "work" },
    ...files.sort().map((file) => ({ path: `work/${file}`, data: readFileSync(join(folder, file)) })),
  ]
  const hash = hashRoot(entries, base)
  const known = await findImage(socketPath, DIGITS_IMAGE)
  if (known?.Config.Labels?.[HASH_LABEL] === hash) return known.Id
  options.log(`Building ${DIGITS_IMAGE}`)
  // A container that is never started, filled and committed: a layer on the shared base, without a builder.
  const body = { Image: base, Cmd: ["true"], Labels: { "berth.build": "digits" }, HostConfig: { NetworkMode: "none" } }
  const container = JSON.parse(await callEngine({ socketPath, method: "POST", path: "/containers/create", json: body })) as { Id: string }
  try {
    await callEngine({ socketPath, method: "PUT", path: `/containers/${container.Id}/archive?path=/`, tar: tarRoot(entries) })
    const [repo, tag] = DIGITS_IMAGE.split(":") as [string, string]
    const changes = ["WORKDIR /work", 'ENTRYPOINT ["node", "/work/train.mjs"]', "CMD []", `LABEL ${HASH_LABEL}=${hash}`]
    const path = `/commit?${query(
      { container: container.Id, repo, tag, pause: "0" },
      changes.map((change) => ["changes", change]),
    )}`
    await callEngine({ socketPath, method: "POST", path, json: {} })
  } finally {
    await callEngine({ socketPath, method: "DELETE", path: `/containers/${container.Id}?force=1&v=1` })
  }
  return (await findImage(socketPath, DIGITS_IMAGE))!.Id
}
