//! TMF documents, who else may read them, and the outbox every write feeds.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await?;
        // The text is the record; this copy exists to be searched.
        sql::run_postgres(
            manager,
            &[
                "ALTER TABLE documents ADD COLUMN doc_index jsonb GENERATED ALWAYS AS (doc::jsonb) STORED",
                "CREATE INDEX documents_doc ON documents USING gin (doc_index jsonb_path_ops)",
            ],
        )
        .await
    }
    down(manager) {
        sql::drop_tables(manager, &["document_readers", "documents", "outbox_floor", "outbox"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE documents (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        kind text NOT NULL,
        rev bigint NOT NULL,
        state text NOT NULL,
        name text NOT NULL,
        doc text NOT NULL,
        external_id text,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL
    )"#,
    "CREATE UNIQUE INDEX documents_external ON documents (tenant, kind, external_id)",
    "CREATE INDEX documents_list ON documents (kind, tenant, created_at)",
    r#"CREATE TABLE document_readers (
        document uuid NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        tenant uuid NOT NULL,
        PRIMARY KEY (document, tenant)
    )"#,
    r#"CREATE TABLE outbox (
        seq {serial},
        topic text NOT NULL,
        tenant uuid NOT NULL,
        subject uuid NOT NULL,
        kind text NOT NULL,
        payload text NOT NULL,
        at bigint NOT NULL
    )"#,
    "CREATE INDEX outbox_tenant ON outbox (tenant, seq)",
    "CREATE INDEX outbox_subject ON outbox (subject, seq)",
    "CREATE TABLE outbox_floor (seq bigint NOT NULL)",
    "INSERT INTO outbox_floor VALUES (0)",
];
