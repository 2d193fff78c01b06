import { chmodSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { BerthError } from "../errors.ts"

/** Each entry brings the schema one version on; `PRAGMA user_version` counts them. Never edit one that was released. */
const MIGRATIONS = [
  `CREATE TABLE tabs (
     chainId INTEGER NOT NULL, contract TEXT NOT NULL, signer TEXT NOT NULL, node TEXT NOT NULL, tenant TEXT NOT NULL,
     keystore TEXT NOT NULL, state TEXT NOT NULL, deposit TEXT NOT NULL, nextLeaseNo INTEGER NOT NULL, books TEXT NOT NULL,
     createdAt INTEGER NOT NULL,
     PRIMARY KEY (chainId, contract, signer)
   ) STRICT;
   CREATE TABLE leases (
     chainId INTEGER NOT NULL, contract TEXT NOT NULL, leaseId TEXT NOT NULL, signer TEXT NOT NULL, leaseNo INTEGER NOT NULL,
     clientId TEXT NOT NULL, terms TEXT NOT NULL, privateTerms TEXT NOT NULL, quote BLOB NOT NULL, signature BLOB NOT NULL,
     nodeSignature BLOB, sent TEXT NOT NULL, ended TEXT, status TEXT NOT NULL,
     PRIMARY KEY (chainId, contract, leaseId),
     UNIQUE (chainId, contract, clientId),
     UNIQUE (chainId, contract, signer, leaseNo)
   ) STRICT;
   CREATE TABLE receipts (
     chainId INTEGER NOT NULL, contract TEXT NOT NULL, signer TEXT NOT NULL, seq INTEGER NOT NULL, day INTEGER NOT NULL,
     proposal BLOB NOT NULL, countersignature BLOB NOT NULL,
     PRIMARY KEY (chainId, contract, signer, seq)
   ) STRICT, WITHOUT ROWID;`,
  "ALTER TABLE leases ADD COLUMN stopAsked TEXT;",
  `CREATE TABLE reservations (
     chainId INTEGER NOT NULL, contract TEXT NOT NULL, id TEXT NOT NULL, node TEXT NOT NULL,
     PRIMARY KEY (chainId, contract, id)
   ) STRICT;
   CREATE TABLE reservedDays (
     chainId INTEGER NOT NULL, contract TEXT NOT NULL, id TEXT NOT NULL, day INTEGER NOT NULL,
     missed BLOB NOT NULL, signed INTEGER,
     PRIMARY KEY (chainId, contract, id, day)
   ) STRICT, WITHOUT ROWID;`,
  // Receipts in the order in which they come: keyed by signer, those of a thousand tabs dirtied a thousand pages a tick. From here on a tab's
  // row may be some receipts behind (receipt-rows.ts).
  `ALTER TABLE tabs RENAME TO formerTabs;
   ALTER TABLE receipts RENAME TO formerReceipts;
   CREATE TABLE tabs (
     id INTEGER PRIMARY KEY,
     chainId INTEGER NOT NULL, contract TEXT NOT NULL, signer TEXT NOT NULL, node TEXT NOT NULL, tenant TEXT NOT NULL,
     keystore TEXT NOT NULL, state TEXT NOT NULL, deposit TEXT NOT NULL, nextLeaseNo INTEGER NOT NULL, books TEXT NOT NULL,
     createdAt INTEGER NOT NULL,
     UNIQUE (chainId, contract, signer)
   ) STRICT;
   INSERT INTO tabs SELECT NULL, * FROM formerTabs ORDER BY rowid;
   CREATE TABLE receipts (
     id INTEGER PRIMARY KEY,
     tab INTEGER NOT NULL REFERENCES tabs (id), seq INTEGER NOT NULL, day INTEGER NOT NULL,
     proposal BLOB NOT NULL, countersignature BLOB NOT NULL,
     UNIQUE (tab, seq)
   ) STRICT;
   INSERT INTO receipts SELECT NULL, t.id, r.seq, r.day, r.proposal, r.countersignature
     FROM formerReceipts r JOIN tabs t USING (chainId, contract, signer) ORDER BY t.id, r.seq;
   DROP TABLE formerReceipts;
   DROP TABLE formerTabs;`,
  "ALTER TABLE reservations ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;",
  `CREATE TABLE transactions (
     chainId INTEGER NOT NULL, contract TEXT NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL, hash TEXT NOT NULL, raw TEXT NOT NULL,
     PRIMARY KEY (chainId, contract, id)
   ) STRICT;`,
]

/**
 * Opens the agent's database, brings its schema up to date and locks it: a second agent on the same file is refused. The lock ends with
 * the process, however it ends.
 * @throws BerthError `locked`, `unsupported` (written by a newer version)
 */
export function openDatabase(path: string): { db: DatabaseSync; close(): void } {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const lock = takeLock(`${path}.lock`, path)
  const db = new DatabaseSync(path)
  const close = () => {
    db.close()
    lock.close()
  }
  try {
    chmodSync(path, 0o600)
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON")
    // 16 MiB instead of 4: a page that a thousand tabs' receipts write to is copied back once for many ticks.
    db.exec("PRAGMA wal_autocheckpoint = 4000")
    migrate(db, path)
  } catch (error) {
    close()
    throw error
  }
  return { db, close }
}

/** An own file for the lock, so that the store itself stays readable to others (a backup, a test). */
function takeLock(path: string, store: string): DatabaseSync {
  const lock = new DatabaseSync(path)
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE")
    return lock
  } catch (cause) {
    lock.close()
    throw new BerthError("locked", `another agent works with ${store}`, { hint: "use that one, or end it: berth agent --stop", cause })
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number }
  if (version > MIGRATIONS.length)
    throw new BerthError("unsupported", `${path} was written by a newer version (schema ${version})`, { hint: "update this program" })
  for (const [i, sql] of MIGRATIONS.entries()) {
    if (i < version) continue
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${i + 1}; COMMIT`)
  }
}
