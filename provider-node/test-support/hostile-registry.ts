import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

const TYPE = "application/vnd.docker.distribution.manifest.v2+json"
const digestOf = (bytes: string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

/** A registry of a stranger: it has a manifest for whoever asks, and its own words in the place of the image's bytes. */
export class HostileRegistry {
  readonly #server: Server
  /** `127.0.0.1:port` */
  readonly host: string

  private constructor(server: Server) {
    this.#server = server
    this.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** @param words what it says when it is asked for a blob, or `manifest` for a manifest */
  static async start(status: number, code: string, words: string, at: "blob" | "manifest" = "blob"): Promise<HostileRegistry> {
    const blob = (media: string, bytes: string) => ({
      mediaType: `application/vnd.docker.${media}`,
      size: bytes.length,
      digest: digestOf(bytes),
    })
    const config = blob("container.image.v1+json", "{}")
    const layers = [blob("image.rootfs.diff.tar.gzip", "nothing")]
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: TYPE, config, layers })
    const server = createServer((request, response) => {
      const isOf = (what: string) => request.url!.includes(`/${what}s/`)
      if (isOf(at))
        return response
          .writeHead(status, { "content-type": "application/json" })
          .end(JSON.stringify({ errors: [{ code, message: words }] }))
      if (!isOf("manifest")) return response.writeHead(200, { "docker-distribution-api-version": "registry/2.0" }).end("{}")
      response.writeHead(200, { "content-type": TYPE, "content-length": manifest.length, "docker-content-digest": digestOf(manifest) })
      return response.end(request.method === "HEAD" ? undefined : manifest)
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    return new HostileRegistry(server)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
