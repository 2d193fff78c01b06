import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

const BIN = "/usr/lib/postgresql/15/bin"

export interface Postgres {
  readonly url: string
  stop(): Promise<void>
}

/** A PostgreSQL of our own in a temporary directory. It refuses to run as root: then the `postgres` user of Debian's package runs it. */
export async function startPostgres(): Promise<Postgres> {
  if (!existsSync(BIN)) throw new Error(`no PostgreSQL in ${BIN}: apt-get install postgresql`)
  const dir = mkdtempSync(join(tmpdir(), "berth-pg-"))
  const ids = userInfo().uid === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {}
  if (ids.uid !== undefined) chownSync(dir, ids.uid, ids.gid)
  const env = { PATH: process.env.PATH, LC_ALL: "C.UTF-8", TZ: "UTC" }
  execFileSync(join(BIN, "initdb"), ["-D", join(dir, "data"), "-A", "trust", "-U", "berth", "--no-sync"], {
    ...ids,
    env,
    stdio: "ignore",
    cwd: dir,
  })
  const port = await freePort()
  const args = ["-D", join(dir, "data"), "-p", `${port}`, "-h", "127.0.0.1", "-k", dir, "-c", "fsync=off"]
  const child = spawn(join(BIN, "postgres"), args, { ...ids, env, cwd: dir, stdio: ["ignore", "ignore", "pipe"] })
  const ended = once(child, "exit")
  for await (const line of createInterface(child.stderr)) if (line.includes("ready to accept connections")) break
  child.stderr.resume()
  return {
    url: `postgresql://berth@127.0.0.1:${port}/postgres`,
    async stop() {
      child.kill("SIGINT")
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function idOf(flag: string): number {
  return Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, "close")
  return port
}
