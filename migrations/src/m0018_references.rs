//! The ids a document names below its own, on SQLite: what refers to a document is found without reading the rest.
//! PostgreSQL has an index of whole documents, which answers the same.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run_sqlite(manager, UP).await
    }
    down(manager) {
        sql::run_sqlite(manager, DOWN).await
    }
}

const UP: &[&str] = &[
    "CREATE TABLE document_refs (target text NOT NULL, document uuid NOT NULL, PRIMARY KEY (target, document)) \
     WITHOUT ROWID",
    "INSERT INTO document_refs SELECT DISTINCT j.value, d.id FROM documents d, json_tree(d.doc) j
        WHERE j.key = 'id' AND j.type = 'text' AND j.path <> '$'",
    "CREATE TRIGGER documents_refer AFTER INSERT ON documents BEGIN
        INSERT OR IGNORE INTO document_refs SELECT value, NEW.id FROM json_tree(NEW.doc)
            WHERE key = 'id' AND type = 'text' AND path <> '$';
    END",
    "CREATE TRIGGER documents_refer_no_more AFTER DELETE ON documents BEGIN
        DELETE FROM document_refs WHERE document = OLD.id AND target IN (
            SELECT value FROM json_tree(OLD.doc) WHERE key = 'id' AND type = 'text');
    END",
    "CREATE TRIGGER documents_refer_anew AFTER UPDATE OF doc ON documents WHEN OLD.doc <> NEW.doc BEGIN
        DELETE FROM document_refs WHERE document = OLD.id AND target IN (
            SELECT value FROM json_tree(OLD.doc) WHERE key = 'id' AND type = 'text');
        INSERT OR IGNORE INTO document_refs SELECT value, NEW.id FROM json_tree(NEW.doc)
            WHERE key = 'id' AND type = 'text' AND path <> '$';
    END",
];

const DOWN: &[&str] = &[
    "DROP TRIGGER documents_refer_anew",
    "DROP TRIGGER documents_refer_no_more",
    "DROP TRIGGER documents_refer",
    "DROP TABLE document_refs",
];
