import { randomBytes } from "node:crypto"
import { callEngine } from "../../scripts/engine/api.ts"

/** Containers as anybody makes them, on a network of their own without any rule of a node: what walls are compared with. */
export class PlainContainers {
  /** The network's interface on this machine. */
  readonly bridge: string
  readonly #socketPath: string
  readonly #image: string
  readonly #containers: string[] = []

  private constructor(socketPath: string, image: string, bridge: string) {
    this.#socketPath = socketPath
    this.#image = image
    this.bridge = bridge
  }

  static async start(socketPath: string, image: string): Promise<PlainContainers> {
    const plain = new PlainContainers(socketPath, image, `plain${randomBytes(4).toString("hex")}`)
    await plain.#call("POST", "/networks/create", { Name: plain.bridge, Options: { "com.docker.network.bridge.name": plain.bridge } })
    return plain
  }

  /** Starts one that stays. @returns its address */
  async serve(script: string): Promise<string> {
    const facts = await this.#call<{ NetworkSettings: { Networks: Record<string, { IPAddress: string }> } }>(
      "GET",
      `/containers/${await this.#run(script)}/json`,
    )
    return facts.NetworkSettings.Networks[this.bridge]!.IPAddress
  }

  /** Runs one to its end. @returns what it said */
  async output(script: string): Promise<string> {
    const id = await this.#run(script)
    await this.#call("POST", `/containers/${id}/wait`)
    return callEngine({ socketPath: this.#socketPath, path: `/containers/${id}/logs?stdout=1` })
  }

  async stop(): Promise<void> {
    for (const id of this.#containers) await this.#call("DELETE", `/containers/${id}?force=1&v=1`)
    await this.#call("DELETE", `/networks/${this.bridge}`)
  }

  async #run(script: string): Promise<string> {
    // A terminal, so that what it says comes without the engine's frames.
    const body = {
      Image: this.#image,
      Cmd: ["sh", "-c", script],
      Tty: true,
      HostConfig: { NetworkMode: this.bridge, LogConfig: { Type: "json-file" } },
    }
    const { Id } = await this.#call<{ Id: string }>("POST", "/containers/create", body)
    this.#containers.push(Id)
    await this.#call("POST", `/containers/${Id}/start`)
    return Id
  }

  async #call<T>(method: "GET" | "POST" | "DELETE", path: string, json?: unknown): Promise<T> {
    const text = await callEngine({ socketPath: this.#socketPath, method, path, ...(json === undefined ? {} : { json }) })
    return (text === "" ? undefined : JSON.parse(text)) as T
  }
}
