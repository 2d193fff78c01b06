import { DockerRunner } from "../../provider-node/src/runner/docker/docker-runner.ts"
import { callEngine } from "./api.ts"

interface Listed {
  readonly Labels: Readonly<Record<string, string>> | null
}

const INSTANCE_LABEL = "berth.instance"

/**
 * Takes all that nodes have left whose instance label is `label` or begins with `label-` out of the engine and the machine: containers, running
 * or not, volumes, networks and their firewall rules. Nothing of other nodes.
 * @returns how many containers were removed
 */
export async function removeLeftovers(socketPath: string, label: string): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ label: [INSTANCE_LABEL] }))
  const list = async <T>(path: string) => JSON.parse(await callEngine({ socketPath, path: `${path}filters=${filters}` })) as T
  const listed = [
    await list<Listed[]>("/containers/json?all=1&"),
    (await list<{ Volumes: Listed[] | null }>("/volumes?")).Volumes ?? [],
    await list<Listed[]>("/networks?"),
  ].flat()
  const instances = new Set(listed.flatMap(({ Labels }) => Labels?.[INSTANCE_LABEL] ?? []))
  let containers = 0
  for (const instance of instances)
    if (instance === label || instance.startsWith(`${label}-`))
      containers += (await new DockerRunner({ socketPath, instance }).leave()).containers
  return containers
}
