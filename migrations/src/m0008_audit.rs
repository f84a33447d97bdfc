//! The audit trail, append-only and hash-chained per tenant, and idempotency keys.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await?;
        // Rows are only ever added: the database refuses the rest, the hash chain shows who went around it.
        sql::run_sqlite(
            manager,
            &[
                "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END",
                "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END",
            ],
        )
        .await?;
        sql::run_postgres(
            manager,
            &[
                "CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit rows are final'; END $$",
                "CREATE TRIGGER audit_final BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_final()",
            ],
        )
        .await
    }
    down(manager) {
        sql::drop_tables(manager, &["idempotency_keys", "audit_heads", "audit"]).await?;
        sql::run_postgres(manager, &["DROP FUNCTION audit_is_final()"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE audit (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        seq bigint NOT NULL,
        actor text NOT NULL,
        role text,
        action text NOT NULL,
        subject text NOT NULL,
        outcome text NOT NULL,
        detail text NOT NULL,
        at bigint NOT NULL,
        prev_hash text NOT NULL,
        hash text NOT NULL
    )"#,
    "CREATE UNIQUE INDEX audit_chain ON audit (tenant, seq)",
    r#"CREATE TABLE audit_heads (
        tenant uuid PRIMARY KEY,
        seq bigint NOT NULL,
        hash text NOT NULL
    )"#,
    r#"CREATE TABLE idempotency_keys (
        tenant uuid NOT NULL,
        "key" text NOT NULL,
        digest text NOT NULL,
        response text,
        created_at bigint NOT NULL,
        PRIMARY KEY (tenant, "key")
    )"#,
];
