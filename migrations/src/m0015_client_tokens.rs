//! Tokens say themselves whether their client speaks as OpenSlice does: one row less to read per request.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, &["ALTER TABLE tokens ADD COLUMN openslice boolean NOT NULL DEFAULT false"]).await
    }
    down(manager) {
        sql::run(manager, &["ALTER TABLE tokens DROP COLUMN openslice"]).await
    }
}
