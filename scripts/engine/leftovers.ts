import { callEngine } from "./api.ts"

interface Listed {
  readonly Id?: string
  readonly Name?: string
  readonly Labels: Readonly<Record<string, string>> | null
}

const INSTANCE_LABEL = "berth.instance"

/**
 * Removes the containers and volumes of nodes whose instance label is `label` or begins with `label-`, and no others.
 * @returns how many containers were removed
 */
export async function removeContainers(socketPath: string, label: string): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ label: [INSTANCE_LABEL] }))
  const mine = (item: Listed) => {
    const instance = item.Labels?.[INSTANCE_LABEL]
    return instance === label || instance?.startsWith(`${label}-`)
  }
  const containers = (JSON.parse(await callEngine({ socketPath, path: `/containers/json?all=1&filters=${filters}` })) as Listed[]).filter(
    mine,
  )
  for (const { Id } of containers) await callEngine({ socketPath, method: "DELETE", path: `/containers/${Id}?force=1&v=1` })
  const { Volumes } = JSON.parse(await callEngine({ socketPath, path: `/volumes?filters=${filters}` })) as { Volumes: Listed[] | null }
  for (const { Name } of (Volumes ?? []).filter(mine)) await callEngine({ socketPath, method: "DELETE", path: `/volumes/${Name}` })
  return containers.length
}
