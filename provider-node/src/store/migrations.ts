/** Each entry takes the file from version i to i + 1 (`PRAGMA user_version`). Entries are never changed, only added. Amounts are decimal text: SQLite's integers are signed. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE tabs (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, tab TEXT NOT NULL,
    signer TEXT NOT NULL, tenant TEXT NOT NULL,
    books TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    close_amount TEXT,
    PRIMARY KEY (chain_id, contract, tab)
  ) WITHOUT ROWID;

  CREATE TABLE receipts (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, tab TEXT NOT NULL, seq INTEGER NOT NULL,
    day INTEGER NOT NULL,
    proposal BLOB NOT NULL,
    countersignature BLOB,
    handed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, contract, tab, seq)
  ) WITHOUT ROWID;
  CREATE INDEX receipts_to_hand ON receipts (chain_id, contract, tab, seq) WHERE countersignature IS NOT NULL AND handed = 0;

  CREATE TABLE leases (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, lease_id TEXT NOT NULL,
    tab TEXT NOT NULL, lease_no INTEGER NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT, detail TEXT NOT NULL, exit_code INTEGER, end_wish TEXT,
    image_id TEXT NOT NULL,
    active_ms TEXT NOT NULL,
    ended_at INTEGER, removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, contract, lease_id)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX leases_by_no ON leases (chain_id, contract, tab, lease_no);

  CREATE TABLE settings (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (chain_id, contract, name)
  ) WITHOUT ROWID;
  `,
  "CREATE INDEX tabs_by_tenant ON tabs (chain_id, contract, tenant)",
  `
  ALTER TABLE tabs ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE reservations (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, id TEXT NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (chain_id, contract, id)
  ) WITHOUT ROWID;

  CREATE TABLE day_claims (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, reservation TEXT NOT NULL, first_day INTEGER NOT NULL,
    served BLOB NOT NULL, signature BLOB NOT NULL,
    PRIMARY KEY (chain_id, contract, reservation, first_day, served)
  ) WITHOUT ROWID;

  CREATE TABLE claim_txs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, chain_id INTEGER NOT NULL, contract TEXT NOT NULL, reservation TEXT NOT NULL,
    nonce INTEGER NOT NULL, target TEXT NOT NULL, data BLOB NOT NULL, gas TEXT NOT NULL,
    raw TEXT NOT NULL, hashes TEXT NOT NULL, sent_at INTEGER NOT NULL
  );
  `,
  `
  ALTER TABLE claim_txs RENAME COLUMN reservation TO subject;
  ALTER TABLE claim_txs ADD COLUMN kind TEXT NOT NULL DEFAULT 'days';
  CREATE TABLE orders (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, tab TEXT NOT NULL,
    day INTEGER NOT NULL DEFAULT 0, spent TEXT NOT NULL DEFAULT '0', over INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, contract, tab)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE images (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, id TEXT NOT NULL,
    tags TEXT NOT NULL, used_at INTEGER NOT NULL,
    PRIMARY KEY (chain_id, contract, id)
  ) WITHOUT ROWID;
  `,
  // No change of the schema: a program that takes a tab's row for its newest books must not open the file.
  "SELECT 1",
  "ALTER TABLE leases ADD COLUMN forgiven_ms TEXT NOT NULL DEFAULT '0'",
  `
  CREATE TABLE denied_days (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, reservation TEXT NOT NULL, day INTEGER NOT NULL,
    minutes INTEGER NOT NULL, counted INTEGER NOT NULL, holder TEXT NOT NULL,
    PRIMARY KEY (chain_id, contract, reservation, day)
  ) WITHOUT ROWID;
  CREATE INDEX receipts_by_day ON receipts (chain_id, contract, tab, day);
  `,
  // What tenants run goes with the lease, so it is on pages of its own: see LeaseStore.
  `
  CREATE TABLE private_terms (
    chain_id INTEGER NOT NULL, contract TEXT NOT NULL, lease_id TEXT NOT NULL,
    terms TEXT NOT NULL,
    PRIMARY KEY (chain_id, contract, lease_id)
  ) WITHOUT ROWID;
  INSERT INTO private_terms
    SELECT chain_id, contract, lease_id, printf('%4096s', '') || json_extract(terms, '$.privateTerms') FROM leases WHERE removed = 0;
  UPDATE leases SET terms = json_set(terms, '$.privateTerms', json_object('image', json_extract(terms, '$.privateTerms.image')));
  `,
  "ALTER TABLE tabs ADD COLUMN over INTEGER NOT NULL DEFAULT 0",
]
