import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { callEngine, checkStream } from "./api.ts"
import { type Log, needProgram } from "./install.ts"

/** An image registry of our own on a loopback port, which engines use without TLS. */
export interface Registry {
  /** `127.0.0.1:port`. */
  readonly host: string
  /** Pushes an image of the engine as `host/<name>:<tag>`; gives the reference pinned by digest. */
  push(
    socketPath: string,
    image: string,
    name: string,
  ): Promise<{ readonly tagged: string; readonly pinned: string; readonly digest: string }>
  /** Ends it and deletes what it held. */
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts Debian's `docker-registry` in a directory of its own. */
export async function startRegistry(options: { install: boolean; log: Log }): Promise<Registry> {
  const program = await needProgram("docker-registry", "docker-registry", options)
  const directory = mkdtempSync(join(tmpdir(), "berth-registry-"))
  const host = `127.0.0.1:${await freePort()}`
  mkdirSync(join(directory, "data"))
  const config = { version: 0.1, storage: { filesystem: { rootdirectory: join(directory, "data") } }, http: { addr: host } }
  writeFileSync(join(directory, "config.yml"), JSON.stringify(config)) // JSON is YAML
  const log = openSync(join(directory, "log"), "a")
  const child = spawn(program, ["serve", join(directory, "config.yml")], { stdio: ["ignore", log, log] })
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()))
  const stop = async () => {
    child.kill("SIGTERM")
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await waitReady(host)
  } catch (error) {
    await stop()
    throw error
  }
  return { host, push: (socketPath, image, name) => push(host, socketPath, image, name), stop }
}

async function waitReady(host: string): Promise<void> {
  const end = performance.now() + 15_000
  for (;;) {
    const ok = await fetch(`http://${host}/v2/`).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    if (performance.now() > end) throw new Error(`docker-registry on ${host} was not ready after 15 s; see its log in ${tmpdir()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function push(host: string, socketPath: string, image: string, name: string) {
  const [path = name, tag = "latest"] = name.split(":")
  const repo = `${host}/${path}`
  await callEngine({ socketPath, method: "POST", path: `/images/${encodeURIComponent(image)}/tag?${new URLSearchParams({ repo, tag })}` })
  const anonymous = { "x-registry-auth": Buffer.from("{}").toString("base64") }
  checkStream(
    await callEngine({ socketPath, method: "POST", path: `/images/${repo}/push?${new URLSearchParams({ tag })}`, headers: anonymous }),
  )
  const accept = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"
  const manifest = await fetch(`http://${host}/v2/${path}/manifests/${tag}`, { method: "HEAD", headers: { accept } })
  const digest = manifest.headers.get("docker-content-digest")
  if (!digest) throw new Error(`${host} did not name the digest of ${path}:${tag} (status ${manifest.status})`)
  return { tagged: `${repo}:${tag}`, pinned: `${repo}@${digest}`, digest }
}
