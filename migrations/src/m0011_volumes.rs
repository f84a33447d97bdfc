//! Which service has a volume that was kept once, and whether a plan's sealed objects are still there.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::run(
            manager,
            &["ALTER TABLE plans DROP COLUMN unsealed_at", "ALTER TABLE kept_volumes DROP COLUMN attached_to"],
        )
        .await
    }
}

const UP: &[&str] = &[
    // Null while nobody has the volume: only such rows are offered.
    "ALTER TABLE kept_volumes ADD COLUMN attached_to uuid",
    // When the objects of a plan that nobody needs any more left the secret store.
    "ALTER TABLE plans ADD COLUMN unsealed_at bigint",
];
