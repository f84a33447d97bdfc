//! The saga log. `run_at` is null while a saga waits for a person or has ended; `epoch` fences every write.

crate::portable::tables_step! {
    tables: ["sagas", "saga_steps", "saga_wishes"],
    up: [
        "CREATE TABLE sagas (
            id {uuid} PRIMARY KEY,
            kind TEXT NOT NULL,
            start_key TEXT NOT NULL UNIQUE,
            tenant_id {uuid},
            subject {uuid},
            params TEXT NOT NULL,
            on_failure TEXT NOT NULL,
            state TEXT NOT NULL,
            cancelled BOOLEAN NOT NULL,
            cause TEXT,
            epoch BIGINT NOT NULL,
            owner TEXT,
            lease_until BIGINT NOT NULL,
            run_at BIGINT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )",
        "CREATE INDEX sagas_due ON sagas (run_at) WHERE run_at IS NOT NULL",
        "CREATE INDEX sagas_subject ON sagas (subject)",
        "CREATE TABLE saga_steps (
            saga_id {uuid} NOT NULL REFERENCES sagas (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            state TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (saga_id, position)
        )",
        "CREATE TABLE saga_wishes (
            number {serial},
            saga_id {uuid} NOT NULL REFERENCES sagas (id) ON DELETE CASCADE,
            wish TEXT NOT NULL
        )",
        "CREATE INDEX saga_wishes_saga ON saga_wishes (saga_id, number)",
    ],
}
