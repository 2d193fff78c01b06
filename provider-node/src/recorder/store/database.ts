import { join } from "node:path"
import type { Market } from "@berth/protocol"
import { SqliteFile } from "../../store/sqlite-file.ts"

const MIGRATIONS = [
  `CREATE TABLE statement (
     chain INTEGER NOT NULL, contract TEXT NOT NULL, node TEXT NOT NULL, signer TEXT NOT NULL, day INTEGER NOT NULL,
     seq INTEGER NOT NULL, gpuMs TEXT NOT NULL, amount TEXT NOT NULL, recordsHash BLOB NOT NULL, countersignature BLOB NOT NULL,
     nodeSignature BLOB NOT NULL, tree BLOB, state TEXT NOT NULL, txId INTEGER,
     PRIMARY KEY (chain, contract, node, signer, day)) WITHOUT ROWID, STRICT;
   CREATE INDEX statement_open ON statement (chain, contract, state, day);
   CREATE INDEX statement_tx ON statement (txId) WHERE txId IS NOT NULL;
   CREATE TABLE entry (
     id INTEGER PRIMARY KEY, chain INTEGER NOT NULL, contract TEXT NOT NULL, tab BLOB NOT NULL, seq INTEGER NOT NULL, day INTEGER NOT NULL,
     packed BLOB, txId INTEGER, UNIQUE (chain, contract, tab, seq)) STRICT;
   CREATE INDEX entry_waiting ON entry (chain, contract, id) WHERE txId IS NULL;
   CREATE INDEX entry_tx ON entry (txId) WHERE txId IS NOT NULL AND packed IS NOT NULL;
   CREATE TABLE tx (
     id INTEGER PRIMARY KEY, chain INTEGER NOT NULL, contract TEXT NOT NULL, kind TEXT NOT NULL, nonce INTEGER NOT NULL, target TEXT NOT NULL,
     data BLOB NOT NULL, gas INTEGER NOT NULL, raw TEXT NOT NULL, hashes TEXT NOT NULL, sentAt INTEGER NOT NULL, state TEXT NOT NULL,
     items INTEGER NOT NULL, block INTEGER, gasUsed INTEGER) STRICT;
   CREATE INDEX tx_state ON tx (chain, contract, state);
   CREATE TABLE closing (
     chain INTEGER NOT NULL, contract TEXT NOT NULL, node TEXT NOT NULL, signer TEXT NOT NULL, closesAt INTEGER NOT NULL,
     settledAt INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (chain, contract, node, signer)) WITHOUT ROWID, STRICT;
   CREATE TABLE named (
     chain INTEGER NOT NULL, contract TEXT NOT NULL, node TEXT NOT NULL, PRIMARY KEY (chain, contract, node)) WITHOUT ROWID, STRICT;
   CREATE TABLE mark (
     chain INTEGER NOT NULL, contract TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
     PRIMARY KEY (chain, contract, name)) WITHOUT ROWID, STRICT;`,
]

/**
 * The recorder's SQLite file. It belongs to one chain from its first block on: a local chain that was made anew under the same id gets a file of
 * its own.
 */
export class RecorderDatabase extends SqliteFile {
  /**
   * @param origin hash of the block in which the core contract was deployed
   * @throws Error when the file is from a newer version of Berth
   */
  constructor(stateDir: string, market: Market, origin: string) {
    const path = join(stateDir, `recorder-${market.chainId}-${origin.slice(2, 14)}.sqlite`)
    // A transaction is found by its id alone.
    super({ path, market, migrations: MIGRATIONS, acrossMarkets: true })
  }
}
