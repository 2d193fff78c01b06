import { RunnerError } from "../errors.ts"

/** Of an engine's /info: the programs that make its containers, by name. Podman says its Buildah's version beside them. */
export interface RuntimeFacts {
  readonly DefaultRuntime?: string
  readonly Runtimes?: Readonly<Record<string, unknown>> | null
  readonly BuildahVersion?: unknown
}

/** Runtimes that give a container what its config says and no more. */
const PLAIN = ["runc", "io.containerd.runc.v2", "crun", "youki"]
/** ... and wall it in further, as an operator may want of all containers. */
const WALLED = /^(runsc|kata|krun|sysbox-runc|io\.containerd\.(runsc|kata))/

/**
 * The runtime by which leases are made, named in each request. The engine's default may be one that hands out devices by what an image or a tenant
 * writes into the environment (NVIDIA's, and others' like it), which would give a lease GPUs that it does not pay: only one that is known not to is used.
 * Pure.
 * @throws RunnerError `ENGINE_REFUSED` when the engine has none
 */
export function runtimeFor(info: RuntimeFacts, sandbox: "runc" | "runsc"): string {
  const listed = info.Runtimes ?? {}
  const isSafe = (name: string) => (PLAIN.includes(name) || WALLED.test(name)) && !/nvidia/i.test(JSON.stringify(listed[name] ?? null))
  const byDefault = info.DefaultRuntime || "runc"
  // Podman takes no runtime in a request: its default makes every container, whatever it lists.
  const choice = info.BuildahVersion === undefined ? [byDefault, ...PLAIN.filter((name) => name in listed)] : [byDefault]
  if (sandbox === "runsc") {
    if (info.BuildahVersion === undefined ? "runsc" in listed : byDefault === "runsc") return "runsc"
    throw new RunnerError(
      "ENGINE_REFUSED",
      "gVisor was asked for (sandbox runsc), but the engine does not list that runtime (Podman: it is not its default). Install it (gvisor.dev) and restart the engine, or choose runc.",
    )
  }
  const runtime = choice.find(isSafe)
  if (runtime !== undefined) return runtime
  throw new RunnerError(
    "ENGINE_REFUSED",
    `The engine makes containers by the runtime ${byDefault}, which may give devices to whoever names them in its environment, and lists no plain one to use in its place. Make runc or crun its default runtime and restart the engine.`,
  )
}
