//! How many documents of a kind and state a tenant has: the total of a list without a filter is read, not counted. And
//! an index of what is opened to a tenant.
//!
//! Triggers keep it, so that no writer can forget. On PostgreSQL a count has shards by connection: writers of one kind
//! would otherwise wait for each other.

use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, TABLE).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => sql::run(manager, POSTGRES).await,
            _ => sql::run(manager, SQLITE).await,
        }
    }
    down(manager) {
        match manager.get_database_backend() {
            DbBackend::Postgres => sql::run(manager, POSTGRES_BACK).await?,
            _ => sql::run(manager, SQLITE_BACK).await?,
        }
        sql::run(manager, &["DROP INDEX document_readers_tenant"]).await?;
        sql::drop_tables(manager, &["document_counts"]).await
    }
}

const TABLE: &[&str] = &[
    "CREATE TABLE document_counts (
        kind text NOT NULL,
        tenant uuid NOT NULL,
        state text NOT NULL,
        shard bigint NOT NULL,
        n bigint NOT NULL,
        PRIMARY KEY (kind, tenant, state, shard)
    )",
    "INSERT INTO document_counts (kind, tenant, state, shard, n)
        SELECT kind, tenant, state, 0, count(*) FROM documents GROUP BY kind, tenant, state",
    // What is opened to a tenant is looked up from this side too.
    "CREATE INDEX document_readers_tenant ON document_readers (tenant, document)",
];

const SQLITE: &[&str] = &[
    "CREATE TRIGGER documents_come AFTER INSERT ON documents BEGIN
        INSERT INTO document_counts (kind, tenant, state, shard, n) VALUES (NEW.kind, NEW.tenant, NEW.state, 0, 1)
            ON CONFLICT (kind, tenant, state, shard) DO UPDATE SET n = n + 1;
    END",
    "CREATE TRIGGER documents_go AFTER DELETE ON documents BEGIN
        UPDATE document_counts SET n = n - 1
            WHERE kind = OLD.kind AND tenant = OLD.tenant AND state = OLD.state AND shard = 0;
    END",
    "CREATE TRIGGER documents_move AFTER UPDATE OF kind, tenant, state ON documents
        WHEN (OLD.kind, OLD.tenant, OLD.state) <> (NEW.kind, NEW.tenant, NEW.state) BEGIN
        UPDATE document_counts SET n = n - 1
            WHERE kind = OLD.kind AND tenant = OLD.tenant AND state = OLD.state AND shard = 0;
        INSERT INTO document_counts (kind, tenant, state, shard, n) VALUES (NEW.kind, NEW.tenant, NEW.state, 0, 1)
            ON CONFLICT (kind, tenant, state, shard) DO UPDATE SET n = n + 1;
    END",
];

const SQLITE_BACK: &[&str] =
    &["DROP TRIGGER documents_move", "DROP TRIGGER documents_go", "DROP TRIGGER documents_come"];

/// Per statement, not per row: a statement that writes many rows would write its own count as often.
const POSTGRES: &[&str] = &[
    "CREATE FUNCTION hypo_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO document_counts (kind, tenant, state, shard, n)
                SELECT kind, tenant, state, pg_backend_pid() % 32, count(*) FROM come GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                ON CONFLICT (kind, tenant, state, shard) DO UPDATE SET n = document_counts.n + EXCLUDED.n;
        ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO document_counts (kind, tenant, state, shard, n)
                SELECT kind, tenant, state, pg_backend_pid() % 32, -count(*) FROM gone GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                ON CONFLICT (kind, tenant, state, shard) DO UPDATE SET n = document_counts.n + EXCLUDED.n;
        ELSE
            INSERT INTO document_counts (kind, tenant, state, shard, n)
                SELECT kind, tenant, state, pg_backend_pid() % 32, sum(d) FROM (
                    SELECT kind, tenant, state, 1 AS d FROM come UNION ALL SELECT kind, tenant, state, -1 FROM gone
                ) moved GROUP BY 1, 2, 3 HAVING sum(d) <> 0 ORDER BY 1, 2, 3
                ON CONFLICT (kind, tenant, state, shard) DO UPDATE SET n = document_counts.n + EXCLUDED.n;
        END IF;
        RETURN NULL;
    END $$",
    "CREATE TRIGGER documents_come AFTER INSERT ON documents
        REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION hypo_counted()",
    "CREATE TRIGGER documents_go AFTER DELETE ON documents
        REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION hypo_counted()",
    "CREATE TRIGGER documents_move AFTER UPDATE ON documents
        REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION hypo_counted()",
];

const POSTGRES_BACK: &[&str] = &[
    "DROP TRIGGER documents_move ON documents",
    "DROP TRIGGER documents_go ON documents",
    "DROP TRIGGER documents_come ON documents",
    "DROP FUNCTION hypo_counted()",
];
