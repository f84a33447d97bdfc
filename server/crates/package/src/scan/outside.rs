//! Hosts outside the package: what has the shape of one, and what is ignored.

use super::{
    keys::{self, Meaning},
    lexer::{Shape, Token},
    texts::{Kind, Text},
};

/// The port of an outside host (which may be unknown), when the token has the shape of one.
pub(super) fn outside(token: &Token<'_>, text: &Text<'_>, meaning: Meaning) -> Option<Option<u16>> {
    let host = token.host.trim_matches(['[', ']']);
    if matches!(text.kind, Kind::Annotation | Kind::Prose)
        || meaning == Meaning::Listed
        || token.dotted
        || ignored(host)
    {
        return None;
    }
    let v6 = token.host.starts_with('[') && host.parse::<std::net::Ipv6Addr>().is_ok();
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && host.split('.').all(|label| !label.is_empty() && label.len() <= 63 && !label.starts_with('-'));
    if !plain && !v6 {
        return None;
    }
    let v4 = host.parse::<std::net::Ipv4Addr>().is_ok();
    let last = host.rsplit('.').next().unwrap_or_default();
    let qualified =
        host.contains('.') && last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic()) && !file(last);
    let by_key = meaning == Meaning::Host && token.whole;
    let named = host.bytes().any(|byte| byte.is_ascii_alphabetic());
    let near = || token.near_port.or_else(|| text.ports.get(&keys::prefix(token.key)).copied());
    match token.shape {
        Shape::Url if HOSTLESS.contains(&token.scheme) => None,
        Shape::Url => (named || v4 || v6).then(|| token.port.or_else(|| scheme_port(token.scheme))),
        Shape::HostPort => (v4 || qualified || (by_key && named)).then_some(token.port),
        // A bare name must at least be a full one: `LOG_SERVER=none` is no host.
        Shape::Name => (by_key && (v4 || qualified)).then(near),
    }
}

/// Schemes whose authority is no host.
const HOSTLESS: [&str; 16] = [
    "file",
    "unix",
    "s3",
    "s3a",
    "gs",
    "gcs",
    "abfs",
    "wasb",
    "spiffe",
    "classpath",
    "jar",
    "urn",
    "vault",
    "secret",
    "k8s",
    "oci",
];

/// Own, loopback, link-local and metadata addresses, the API server, and names of XML and JSON schemas.
fn ignored(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    let host = lower.as_str();
    if let Ok(address) = host.parse::<std::net::IpAddr>() {
        return match address {
            std::net::IpAddr::V4(v4) => {
                v4.is_loopback() || v4.is_unspecified() || v4.is_link_local() || v4.is_broadcast()
            }
            std::net::IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.segments()[0] & 0xffc0 == 0xfe80,
        };
    }
    matches!(host, "localhost" | "metadata.google.internal" | "kubernetes" | "www.w3.org" | "json-schema.org")
        || host.ends_with(".localhost")
        || host == "kubernetes.default"
        || host.starts_with("kubernetes.default.svc")
}

fn file(extension: &str) -> bool {
    matches!(
        extension.to_ascii_lowercase().as_str(),
        "py" | "js"
            | "ts"
            | "go"
            | "rs"
            | "java"
            | "rb"
            | "sh"
            | "yaml"
            | "yml"
            | "json"
            | "xml"
            | "toml"
            | "ini"
            | "conf"
            | "cfg"
            | "txt"
            | "log"
            | "html"
            | "css"
            | "md"
            | "properties"
            | "class"
            | "jar"
            | "so"
            | "sql"
            | "pem"
            | "crt"
            | "key"
            | "sock"
            | "tmp"
            | "lock"
            | "php"
            | "env"
            | "csv"
            | "pid"
            | "lua"
            | "cc"
            | "cpp"
            | "exe"
    )
}

/// The usual port of a scheme.
pub(super) fn scheme_port(scheme: &str) -> Option<u16> {
    Some(match scheme.to_ascii_lowercase().as_str() {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "postgres" | "postgresql" => 5432,
        "mysql" | "mariadb" => 3306,
        "redis" | "rediss" => 6379,
        "mongodb" => 27017,
        "amqp" => 5672,
        "amqps" => 5671,
        "nats" => 4222,
        "kafka" => 9092,
        "mqtt" => 1883,
        "mqtts" => 8883,
        "ldap" => 389,
        "ldaps" => 636,
        "smtp" => 25,
        "ssh" | "sftp" => 22,
        "ftp" => 21,
        "sqlserver" => 1433,
        "oracle" => 1521,
        "clickhouse" => 9000,
        "memcached" => 11211,
        "zookeeper" | "zk" => 2181,
        "stun" | "turn" => 3478,
        "rtsp" => 554,
        _ => return None,
    })
}
