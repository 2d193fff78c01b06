import type Docker from "dockerode"
import { statusOf, within } from "./engine-errors.ts"
import { INSTANCE_LABEL } from "./hardening.ts"

/** What was taken out of an engine. */
export interface Left {
  readonly containers: number
  readonly volumes: number
}

/** Removes the containers, running or not, and the volumes that bear this instance's label. One that somebody else removes meanwhile is gone too. */
export async function removeContainers(docker: Docker, instance: string, timeoutMs: number): Promise<Left> {
  const ask = <T>(doing: string, answer: Promise<T>): Promise<T> => within(timeoutMs, doing, answer)
  const filters = { label: [`${INSTANCE_LABEL}=${instance}`] }
  const containers = await ask("listing containers", docker.listContainers({ all: true, filters }))
  for (const { Id } of containers) {
    const removed = docker.getContainer(Id).remove({ force: true, v: true })
    await ask(`removing container ${Id}`, removed.catch(unlessGone))
  }
  const { Volumes } = await ask("listing volumes", docker.listVolumes({ filters }))
  for (const { Name } of Volumes ?? []) await ask(`removing volume ${Name}`, docker.getVolume(Name).remove().catch(unlessGone))
  return { containers: containers.length, volumes: Volumes?.length ?? 0 }
}

/** Also where a removal is under way already. */
export function unlessGone(error: unknown): void {
  if (statusOf(error) !== 404 && !/already in progress/.test((error as Error).message)) throw error
}
