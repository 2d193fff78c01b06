import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { du } from "./du.ts"
import { heldOf } from "./open-files.ts"

const MIB = 1024 ** 2
/** A thread that takes its descriptors for itself (unshare, CLONE_FILES), then keeps a file that it has deleted. */
const HIDE = `
use threads; $| = 1;
my $thread = async {
  syscall($ARGV[1], 0x400) == 0 or die "unshare: $!";
  open(my $file, ">", $ARGV[0]) or die; unlink $ARGV[0];
  syswrite $file, "x" x 1048576 for 1..4;
  print "hidden\\n"; sleep 600;
};
$thread->join;
`
const UNSHARE = process.arch === "arm64" ? 97 : 272

describe("files that are deleted and held", function () {
  this.timeout(30_000)
  let dir: string
  let holder: ChildProcess
  before(async function () {
    // No /proc; no perl, or Debian's perl-base, which makes no threads: npm test then names what was left out.
    if (process.platform !== "linux" || spawnSync("perl", ["-Mthreads", "-e", "1"]).status !== 0) this.skip()
    dir = mkdtempSync(join(tmpdir(), "berth-held-"))
    holder = spawn("perl", ["-e", HIDE, join(dir, "ghost"), `${UNSHARE}`], { stdio: ["ignore", "pipe", "inherit"] })
    await once(holder.stdout!, "data")
  })
  after(() => {
    holder?.kill("SIGKILL")
    if (dir) rmSync(dir, { recursive: true })
  })

  const held = (more: { threads?: string[]; most?: number } = {}) => {
    const pid = `${holder.pid}`
    const threads = readdirSync(`/proc/${pid}/task`)
    return heldOf({ threads, processes: [pid], devices: new Set([statSync(dir).dev]), ...more })
  }

  it("are found in a thread that has its descriptors to itself", async () => {
    expect(readdirSync(dir)).deep.equal([])
    expect((await held({ threads: [`${holder.pid}`] })).bytes, "its process does not show it").equal(0)
    const { bytes, inodes } = await held()
    expect([bytes / MIB, inodes]).deep.equal([4, 1])
  })

  it("are not said to be none where there are more than can be looked at", async () => {
    const error = await held({ most: 5 }).catch((reason) => reason)
    expect(error).include({ code: "TOO_MANY_OPEN_FILES", message: "it holds more than 5 open files and mappings" })
  })

  it("du: a place that was not walked to its end is no sum", async () => {
    expect(await du("--inodes", [dir])).equal(1)
    expect(await du("--inodes", [dir, join(dir, "gone")]).catch((reason) => reason)).include({
      code: "DISK_UNREADABLE",
      message: "du walked 1 of 2 places to their end",
    })
  })
})
