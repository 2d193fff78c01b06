import type { Market } from "@berth/protocol"
import { MIGRATIONS } from "./migrations.ts"
import { SqliteFile } from "./sqlite-file.ts"

/** The node's SQLite file. */
export class Journal extends SqliteFile {
  /** @throws Error when the file is from a newer version of Berth. */
  constructor(path: string, market: Market) {
    super({ path, market, migrations: MIGRATIONS, overwritesDeleted: true })
  }
}
