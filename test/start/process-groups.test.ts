import { spawn } from "node:child_process"
import { once } from "node:events"
import { expect } from "chai"
import { isLeft, markOf, signalGroup } from "../../scripts/start/process-groups.ts"

describe("a process found again after a kill -9", () => {
  it("is left while its group has members that came after it, its own end or not; of another boot it is somebody else's", async () => {
    const leader = spawn("sh", ["-c", "sleep 60 & read line"], { detached: true, stdio: ["pipe", "ignore", "ignore"] })
    await once(leader, "spawn")
    const mark = markOf(leader.pid!)
    try {
      expect(isLeft(mark)).equal(true)
      leader.stdin.end("\n")
      await once(leader, "exit")
      expect(isLeft(mark)).equal(true)
      expect(isLeft({ ...mark, boot: "another" })).equal(false)
      if (process.platform === "linux") expect(isLeft({ ...mark, started: `${Number(mark.started) + 6_000}` })).equal(false)
    } finally {
      signalGroup(leader.pid!, "SIGKILL")
    }
    while (isLeft(mark)) await new Promise((resolve) => setTimeout(resolve, 20))
  })
})
