//! The sort key of a JSON value as SQL, the same on both databases and as `hypo_tmf::query::Key`: numbers, then `b0`
//! and `b1`, then `c` and an instant, then `d` and the first 256 characters of a text, then `e` for arrays and objects;
//! NULL for what is missing or null. Bytewise order of the keys is the order of the values.

/// Attributes of documents that have a column with their key. More need a step of their own.
pub const COLUMNS: [(&str, &str); 10] = [
    ("id", "k_id"),
    ("name", "k_name"),
    ("state", "k_state"),
    ("status", "k_status"),
    ("lifecycleStatus", "k_lifecycle_status"),
    ("category", "k_category"),
    ("externalId", "k_external_id"),
    ("lastUpdate", "k_last_update"),
    ("orderDate", "k_order_date"),
    ("startDate", "k_start_date"),
];

/// Added to the microseconds of an instant, so that all of them have as many digits.
pub const EPOCH: i64 = 2_000_000_000_000_000_000;

/// SQLite: the key of a value from its `json_type` and its `->>`. Numbers are keys as they are, they sort before text.
#[must_use]
pub fn sqlite_key(kind: &str, text: &str) -> String {
    let instant = sqlite_instant(text);
    format!(
        "CASE {kind} WHEN 'text' THEN coalesce('c' || ({EPOCH} + {instant}), 'd' || substr({text}, 1, 256)) \
         WHEN 'integer' THEN CAST({text} AS REAL) WHEN 'real' THEN CAST({text} AS REAL) \
         WHEN 'true' THEN 'b1' WHEN 'false' THEN 'b0' WHEN 'array' THEN 'e' WHEN 'object' THEN 'e' END"
    )
}

/// SQLite: microseconds since 1970 of an RFC 3339 text, or NULL.
#[must_use]
pub fn sqlite_instant(x: &str) -> String {
    const DATE: &str = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
    const TIME: &str = "T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]";
    let seconds = |text: &str| format!("CAST(strftime('%s', {text}) AS INTEGER) * 1000000");
    let fraction = |text: String| {
        format!(
            "CASE WHEN {text} = '' THEN 0 WHEN {text} GLOB '.[0-9]*' AND substr({text}, 2) NOT GLOB '*[^0-9]*' \
             THEN CAST(substr(substr({text}, 2) || '000000', 1, 6) AS INTEGER) END"
        )
    };
    let clock = format!("substr({x}, 1, 19)");
    let in_utc = fraction(format!("substr({x}, 20, length({x}) - 20)"));
    let with_offset = fraction(format!("substr({x}, 20, length({x}) - 25)"));
    // A round trip through strftime tells dates that there are from those there are not, such as February the 31st;
    // the modifier makes it go through the number of the day.
    let exists = format!("strftime('%Y-%m-%d', substr({x}, 1, 10), '+0 days') = substr({x}, 1, 10)");
    format!(
        "(CASE WHEN substr({x}, 1, 4) = '0000' THEN NULL WHEN {x} GLOB '{DATE}' THEN \
         CASE WHEN {exists} THEN {day} END \
         WHEN {x} GLOB '{DATE}{TIME}*' AND substr({x}, 12, 2) < '24' AND {exists} THEN \
         CASE WHEN substr({x}, -1) = 'Z' THEN {time} + {in_utc} \
         WHEN length({x}) >= 25 AND substr({x}, -6) GLOB '[+-][0-2][0-9]:[0-5][0-9]' AND substr({x}, -5, 2) < '24' THEN \
         {time} + {with_offset} - CAST(substr({x}, -6, 1) || '1' AS INTEGER) * 1000000 * \
         (CAST(substr({x}, -5, 2) AS INTEGER) * 3600 + CAST(substr({x}, -2) AS INTEGER) * 60) END END)",
        day = seconds(x),
        time = seconds(&clock),
    )
}

/// PostgreSQL: sets `i` to the microseconds of the text `t`, or to NULL. It stands in both functions, because one that
/// calls the other would not find it while a dump is restored, when no schema is on the search path.
const INSTANT: &str = r"
    i := NULL;
    IF t ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' AND left(t, 4) <> '0000' THEN
        m := regexp_match(t, '^([0-9]{4})-([0-9]{2})-([0-9]{2})(T([0-9]{2}):([0-9]{2}):([0-9]{2})([.]([0-9]+))?(Z|([+-])([0-9]{2}):([0-9]{2})))?$');
        IF m IS NOT NULL AND m[2]::int BETWEEN 1 AND 12 AND m[3]::int BETWEEN 1 AND
            (CASE WHEN m[2]::int IN (4, 6, 9, 11) THEN 30 WHEN m[2]::int <> 2 THEN 31
                  WHEN m[1]::int % 4 = 0 AND (m[1]::int % 100 <> 0 OR m[1]::int % 400 = 0) THEN 29 ELSE 28 END) THEN
            i := (make_date(m[1]::int, m[2]::int, m[3]::int) - DATE '1970-01-01')::bigint * 86400000000;
            IF m[4] IS NOT NULL THEN
                IF m[5]::int <= 23 AND m[6]::int <= 59 AND m[7]::int <= 59
                    AND coalesce(m[12]::int, 0) <= 23 AND coalesce(m[13]::int, 0) <= 59 THEN
                    i := i + (m[5]::bigint * 3600 + m[6]::bigint * 60 + m[7]::bigint) * 1000000
                        + coalesce(rpad(left(m[9], 6), 6, '0')::bigint, 0)
                        - coalesce((m[11] || '1')::bigint * (m[12]::bigint * 3600 + m[13]::bigint * 60) * 1000000, 0);
                ELSE
                    i := NULL;
                END IF;
            END IF;
        END IF;
    END IF;
";

/// PostgreSQL: `hypo_instant(text)` and `hypo_key(jsonb)`.
pub(crate) fn postgres_functions() -> [String; 2] {
    [
        format!(
            "CREATE FUNCTION hypo_instant(t text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$ \
             DECLARE i bigint; m text[]; BEGIN {INSTANT} RETURN i; END $f$"
        ),
        format!(
            "CREATE FUNCTION hypo_key(j jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $f$ \
             DECLARE t text; i bigint; m text[]; BEGIN \
             t := j #>> '{{}}'; \
             CASE jsonb_typeof(j) \
             WHEN 'string' THEN {INSTANT} \
                 RETURN CASE WHEN i IS NULL THEN 'd' || left(t, 256) ELSE 'c' || ({EPOCH} + i) END; \
             WHEN 'number' THEN \
                 i := ('x' || encode(float8send(t::float8 + 0), 'hex'))::bit(64)::bigint; \
                 RETURN 'a' || CASE WHEN i < 0 THEN lpad(to_hex(~i), 16, '0') ELSE to_hex(i # (1::bigint << 63)) END; \
             WHEN 'boolean' THEN RETURN CASE t WHEN 'true' THEN 'b1' ELSE 'b0' END; \
             WHEN 'null' THEN RETURN NULL; \
             ELSE RETURN 'e'; \
             END CASE; END $f$"
        ),
    ]
}
