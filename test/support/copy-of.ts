import { copyFileSync, existsSync, rmSync } from "node:fs"

/** SQLite's file and what it writes beside it. */
const PARTS = ["", "-wal", "-shm"]

/** A program's database as it was when this was called; put back, the program forgets all since. Both only while nobody has it open. */
export function copyOf(file: string): { putBack(): void } {
  for (const part of PARTS) {
    rmSync(`${file}${part}.old`, { force: true })
    if (existsSync(file + part)) copyFileSync(file + part, `${file}${part}.old`)
  }
  return {
    putBack() {
      for (const part of PARTS) {
        rmSync(file + part, { force: true })
        if (existsSync(`${file}${part}.old`)) copyFileSync(`${file}${part}.old`, file + part)
      }
    },
  }
}
