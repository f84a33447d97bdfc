//! What the name of a setting says about its value.

/// What a key tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// `*_HOST`, `*_ADDR`, `*_URL`…: the value is a peer.
    Host,
    /// `*_PORT`.
    Port,
    /// Container images: `redis:7` is a tag, not a port.
    Image,
    /// Hosts that are listed without being called: CORS origins, proxy exceptions, own addresses.
    Listed,
    Other,
}

const HOST: [&str; 22] = [
    "HOST",
    "HOSTS",
    "HOSTNAME",
    "HOSTNAMES",
    "ADDR",
    "ADDRS",
    "ADDRESS",
    "ADDRESSES",
    "URL",
    "URLS",
    "URI",
    "URIS",
    "ENDPOINT",
    "ENDPOINTS",
    "SERVER",
    "SERVERS",
    "BROKER",
    "BROKERS",
    "UPSTREAM",
    "UPSTREAMS",
    "PEER",
    "PEERS",
];
const LISTED: [&str; 16] = [
    "CORS",
    "ORIGIN",
    "ORIGINS",
    "ALLOW",
    "ALLOWED",
    "PROXY",
    "TRUSTED",
    "CALLBACK",
    "REDIRECT",
    "LISTEN",
    "BIND",
    "ADVERTISED",
    "VIRTUAL",
    "COOKIE",
    "ISSUER",
    "AUDIENCE",
];

/// Reads a key: `redisHost`, `redis.host`, `--redis-host` and `REDIS_HOST` all say the same.
pub(crate) fn meaning(key: &str) -> Meaning {
    if key.is_empty() || key.len() > 200 {
        return Meaning::Other;
    }
    let words = words(key);
    let has = |word: &str| words.iter().any(|have| have == word);
    if has("IMAGE") || has("IMAGES") || has("TAG") || has("XMLNS") {
        return Meaning::Image;
    }
    // A proxy that is used is a peer, the exceptions from it are not.
    let proxy_used = has("PROXY") && !has("NO");
    if words.iter().any(|word| LISTED.contains(&word.as_str())) && !proxy_used {
        return Meaning::Listed;
    }
    let mut tail =
        words.iter().rev().skip_while(|word| word.bytes().all(|byte| byte.is_ascii_digit()) || *word == "LIST");
    match tail.next().map(String::as_str) {
        Some("PORT" | "PORTS") => Meaning::Port,
        Some(last) if HOST.contains(&last) => Meaning::Host,
        Some("PROXY") => Meaning::Host,
        _ => Meaning::Other,
    }
}

/// Whether the value of a key should not be shown or guessed from.
pub(crate) fn confidential(key: &str) -> bool {
    words(key).iter().any(|word| {
        matches!(
            word.as_str(),
            "PASSWORD" | "PASSWD" | "PASS" | "PWD" | "SECRET" | "TOKEN" | "PASSPHRASE" | "CREDENTIAL" | "CREDENTIALS"
        )
    }) || words(key).last().is_some_and(|word| word == "KEY" || word == "APIKEY")
}

/// The prefix of a host key before its last word, in upper case: `DB_HOST` and `dbHost` give `DB`.
pub(crate) fn prefix(key: &str) -> String {
    let mut words = words(key);
    words.pop();
    words.join("_")
}

fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut lower_before = false;
    for c in key.chars() {
        if !c.is_alphanumeric() {
            if !current.is_empty() {
                words.push(std::mem::take(&mut current));
            }
            lower_before = false;
            continue;
        }
        if c.is_uppercase() && lower_before {
            words.push(std::mem::take(&mut current));
        }
        lower_before = c.is_lowercase() || c.is_ascii_digit();
        current.extend(c.to_uppercase());
    }
    if !current.is_empty() {
        words.push(current);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_host_key() {
        for key in [
            "REDIS_HOST",
            "redisHost",
            "redis.host",
            "--redis-host",
            "spring.data.mongodb.uri",
            "KAFKA_BROKER_LIST",
            "REDIS_HOST_1",
            "bootstrap.servers",
            "http_proxy",
        ] {
            assert_eq!(meaning(key), Meaning::Host, "{key}");
        }
    }

    #[test]
    fn keys_that_name_hosts_without_calling_them() {
        for key in
            ["CORS_ALLOWED_ORIGINS", "NO_PROXY", "ALLOWED_HOSTS", "oauth.redirect-uri", "KAFKA_ADVERTISED_LISTENERS"]
        {
            assert_eq!(meaning(key), Meaning::Listed, "{key}");
        }
        assert_eq!(meaning("SIDECAR_IMAGE"), Meaning::Image);
        assert_eq!(meaning("dbPort"), Meaning::Port);
        for key in ["", "SERVER_NAME", "GREETING", "HOSTILE"] {
            assert_eq!(meaning(key), Meaning::Other, "{key}");
        }
    }

    #[test]
    fn confidential_keys() {
        assert!(confidential("POSTGRES_PASSWORD") && confidential("apiKey") && confidential("jwtSecret"));
        assert!(!confidential("KEYBOARD") && !confidential("DB_HOST"));
        assert_eq!(prefix("dbHost"), "DB");
    }
}
