//! Tenants, the people and programs that sign in, and what slows guessing down.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["setup_tokens", "login_attempts", "tokens", "sessions", "users", "tenants"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE tenants (
        id uuid PRIMARY KEY,
        name text NOT NULL UNIQUE,
        roles text NOT NULL,
        created_at bigint NOT NULL
    )"#,
    r#"CREATE TABLE users (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL REFERENCES tenants (id),
        name text NOT NULL UNIQUE,
        display_name text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL,
        disabled boolean NOT NULL,
        created_at bigint NOT NULL
    )"#,
    "CREATE INDEX users_tenant ON users (tenant)",
    r#"CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        hash text NOT NULL UNIQUE,
        "user" uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        tenant uuid NOT NULL,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        last_seen bigint NOT NULL
    )"#,
    r#"CREATE INDEX sessions_user ON sessions ("user")"#,
    r#"CREATE TABLE tokens (
        id uuid PRIMARY KEY,
        "user" uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        tenant uuid NOT NULL,
        name text NOT NULL,
        role text NOT NULL,
        hash text NOT NULL UNIQUE,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        revoked_at bigint,
        last_used_at bigint
    )"#,
    r#"CREATE INDEX tokens_user ON tokens ("user")"#,
    r#"CREATE TABLE login_attempts (
        "key" text PRIMARY KEY,
        failures bigint NOT NULL,
        window_start bigint NOT NULL
    )"#,
    r#"CREATE TABLE setup_tokens (
        hash text PRIMARY KEY,
        "user" uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        used_at bigint
    )"#,
];
