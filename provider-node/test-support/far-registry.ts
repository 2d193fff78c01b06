import { DockerRunner, type DockerRunnerOptions } from "../src/runner/docker/docker-runner.ts"

/** What `FarRegistry` calls a registry on this machine. */
export const FAR = "registry.example.org"

/** The real runner; only that tenants may not name a registry on this machine, so its name is another to them. */
export class FarRegistry extends DockerRunner {
  readonly #host: string

  constructor(options: DockerRunnerOptions, host: string) {
    super({ ...options, localRegistries: [host] })
    this.#host = host
  }

  override findImage(reference: string) {
    return super.findImage(this.#near(reference))
  }

  override ensureImage(...[spec, ...more]: Parameters<DockerRunner["ensureImage"]>) {
    return super.ensureImage({ ...spec, reference: this.#near(spec.reference) }, ...more)
  }

  #near(reference: string): string {
    return reference.startsWith(FAR) ? this.#host + reference.slice(FAR.length) : reference
  }
}
