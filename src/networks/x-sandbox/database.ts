import BetterSqlite from 'better-sqlite3'

export type StandInDatabase = BetterSqlite.Database

/** The stand-in's own file; `:memory:` for none. Times are milliseconds since 1970. */
export function openDatabase(file: string): StandInDatabase {
  const database = new BetterSqlite(file)
  database.pragma('journal_mode = WAL')
  database.pragma('foreign_keys = ON')
  database.exec(`
    CREATE TABLE IF NOT EXISTS users (
      id INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE COLLATE NOCASE, name TEXT NOT NULL, kind TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS codes (
      hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, client_id TEXT NOT NULL,
      redirect_uri TEXT NOT NULL, challenge TEXT NOT NULL, scope TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS tokens (
      hash TEXT PRIMARY KEY, kind TEXT NOT NULL, grant_id TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES users,
      client_id TEXT NOT NULL, scope TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS media (
      id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES users, media_type TEXT NOT NULL,
      category TEXT NOT NULL, total_bytes INTEGER NOT NULL, bytes BLOB, alt TEXT, width INTEGER, height INTEGER,
      expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS chunks (
      media_id INTEGER NOT NULL REFERENCES media, segment INTEGER NOT NULL, bytes BLOB NOT NULL,
      PRIMARY KEY (media_id, segment)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS posts (
      id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES users, text TEXT NOT NULL,
      hidden_before INTEGER NOT NULL, lang TEXT NOT NULL, reply_to INTEGER, conversation_id INTEGER NOT NULL,
      media_ids TEXT NOT NULL, poll TEXT, created_at INTEGER NOT NULL, hidden INTEGER NOT NULL DEFAULT 0,
      deleted INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS posts_by_author ON posts (author_id, id);
    CREATE INDEX IF NOT EXISTS posts_by_conversation ON posts (conversation_id, id);
    CREATE INDEX IF NOT EXISTS posts_by_parent ON posts (reply_to, id);
    CREATE TABLE IF NOT EXISTS mentions (
      post_id INTEGER NOT NULL REFERENCES posts, handle TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (handle, post_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS reposts (
      post_id INTEGER PRIMARY KEY REFERENCES posts, of_id INTEGER NOT NULL REFERENCES posts
    ) STRICT;
    CREATE TABLE IF NOT EXISTS last_id (one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL) STRICT;
  `)
  return database
}
