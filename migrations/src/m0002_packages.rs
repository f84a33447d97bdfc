//! Packages and the content-addressed bytes they are made of.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["packages", "blobs"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE blobs (
        sha256 text PRIMARY KEY,
        size bigint NOT NULL,
        bytes {blob} NOT NULL,
        created_at bigint NOT NULL
    )"#,
    r#"CREATE TABLE packages (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        name text NOT NULL,
        version text NOT NULL,
        kind text NOT NULL,
        digest text NOT NULL,
        blob text NOT NULL REFERENCES blobs (sha256),
        "values" text NOT NULL,
        revision bigint NOT NULL,
        created_at bigint NOT NULL,
        render text REFERENCES blobs (sha256),
        analysis text NOT NULL,
        "generated" text NOT NULL
    )"#,
    "CREATE UNIQUE INDEX packages_revision ON packages (tenant, name, revision)",
    "CREATE INDEX packages_digest ON packages (tenant, digest)",
];
