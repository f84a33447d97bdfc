//! People, their sessions, API tokens and one-time sign-ins. Tokens are stored as hashes only.

crate::portable::tables_step! {
    tables: ["users", "sessions", "tokens", "one_time_tokens", "settings"],
    up: [
        "CREATE TABLE users (
            id {uuid} PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            login TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            password_hash TEXT,
            roles TEXT NOT NULL,
            disabled BOOLEAN NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )",
        "CREATE INDEX users_tenant ON users (tenant_id, id)",
        "CREATE TABLE sessions (
            id {uuid} PRIMARY KEY,
            token_hash TEXT NOT NULL UNIQUE,
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            last_seen_at BIGINT NOT NULL
        )",
        "CREATE INDEX sessions_user ON sessions (user_id)",
        "CREATE TABLE tokens (
            id {uuid} PRIMARY KEY,
            token_hash TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            tenant_id {uuid} NOT NULL,
            roles TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            revoked_at BIGINT,
            last_used_at BIGINT
        )",
        "CREATE INDEX tokens_user ON tokens (user_id)",
        "CREATE TABLE one_time_tokens (
            token_hash TEXT PRIMARY KEY,
            user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            used_at BIGINT
        )",
        "CREATE TABLE settings (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL,
            updated_at BIGINT NOT NULL
        )",
    ],
}
