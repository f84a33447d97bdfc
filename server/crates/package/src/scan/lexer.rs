//! Cuts text into host tokens at URL, DSN and `host:port` boundaries.
//!
//! One pass over the bytes, line by line. A token knows the key it stands under and whether it is the whole value
//! of that key, because the same word means a peer in `DB_HOST=db` and nothing in `LOG_FORMAT=api db %s`.

use super::boundary::{key_end, poisoned, port_after, quote, right_of, word};

/// How a token was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `scheme://host[:port]`.
    Url,
    /// `host:port`.
    HostPort,
    /// A word.
    Name,
}

/// A word that may be a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub host: &'t str,
    pub port: Option<u16>,
    pub scheme: &'t str,
    pub shape: Shape,
    /// The nearest key before it; empty where there is none.
    pub key: &'t str,
    /// The word is the whole value of its key, or an element of a list that is.
    pub whole: bool,
    /// `name 5432`, as in `nc -z db 5432`.
    pub spaced_port: Option<u16>,
    /// A `port` setting on the same line or within two lines.
    pub near_port: Option<u16>,
    /// Something unknown and a dot stood before it: `$i.redis`.
    pub dotted: bool,
    line: usize,
}

/// All tokens of a text. `key` is the name of the setting the text is the value of, or empty for a file.
pub(crate) fn tokens<'t>(text: &'t str, key: &'t str) -> Vec<Token<'t>> {
    let mut lexer = Lexer { out: Vec::new(), ports: Vec::new(), line: 0, file: text.trim_end().contains('\n') };
    let mut inherited = "";
    for line in text.lines() {
        let start = line.trim_start();
        let comment = lexer.file && (start.starts_with('#') || start.starts_with("//") || start.starts_with(';'));
        if !comment && !start.is_empty() {
            let continues = start.starts_with(['-', '"', '\'']);
            let base = if !key.is_empty() {
                key
            } else if continues {
                inherited
            } else {
                ""
            };
            let end = lexer.scan(line, base);
            inherited = match end {
                End::OpenKey(open) => open,
                End::NoKey if continues => inherited,
                _ => "",
            };
        }
        lexer.line += 1;
    }
    lexer.ports.dedup();
    let ports = lexer.ports;
    for token in &mut lexer.out {
        if token.port.is_none() {
            // Two lines are enough for `host:`/`port:` siblings; a match must also be a port of the Service.
            token.near_port = ports
                .iter()
                .map(|(line, port)| (line.abs_diff(token.line), *port))
                .filter(|(distance, _)| *distance <= 2)
                .min()
                .map(|(_, port)| port);
        }
    }
    lexer.out
}

enum End<'t> {
    /// The line ended behind a key: its value follows.
    OpenKey(&'t str),
    NoKey,
    Value,
}

struct Lexer<'t> {
    out: Vec<Token<'t>>,
    /// Line and number of `port` settings.
    ports: Vec<(usize, u16)>,
    line: usize,
    file: bool,
}

impl<'t> Lexer<'t> {
    fn scan(&mut self, line: &'t str, base: &'t str) -> End<'t> {
        let bytes = line.as_bytes();
        let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
        let statement = line.trim_end().ends_with(';');
        let (mut key, mut flag, mut fresh, mut last_whole, mut saw_key, mut first) =
            (base, false, true, false, false, true);
        let mut index = 0;
        while index < bytes.len() {
            let byte = bytes[index];
            if !word(byte) {
                match byte {
                    b' ' | b'\t' | b'[' | b'(' | b'{' | b'>' => {}
                    b',' | b';' => fresh = last_whole || fresh,
                    b'#' if self.file && (index == 0 || at(index - 1).is_ascii_whitespace()) => break,
                    byte if quote(byte) => {}
                    _ => fresh = false,
                }
                index += 1;
                continue;
            }
            let start = index;
            while index < bytes.len() && word(bytes[index]) {
                index += 1;
            }
            let raw = &line[start..index];
            let before = if start == 0 { 0 } else { bytes[start - 1] };
            let next = at(index);
            let opening =
                before == 0 || before.is_ascii_whitespace() || quote(before) || matches!(before, b'[' | b'=' | b',');
            let stripped = raw.trim_start_matches('-');
            let name = stripped.trim_end_matches(['.', '-']);
            let was_first = std::mem::replace(&mut first, false);
            if name.is_empty() {
                // A list marker or a lone dash.
                first = was_first;
                continue;
            }
            if bytes[index..].starts_with(b"://") {
                index = self.url(line, name, index + 3, key);
                (fresh, last_whole) = (false, true);
                continue;
            }
            if let Some(open) = poisoned(bytes, start, index) {
                if let (true, Some((_, rest))) = (open == b'$', name.split_once('.')) {
                    index = self.dotted(line, rest, index, key);
                }
                (fresh, last_whole) = (false, false);
                continue;
            }
            if raw.starts_with('.') || (raw.starts_with('-') && !opening) {
                if before != 0 && !before.is_ascii_whitespace() && !quote(before) && raw.starts_with('.') {
                    index = self.dotted(line, name.trim_start_matches('.'), index, key);
                }
                (fresh, last_whole) = (false, false);
                continue;
            }
            // Keys.
            let tag = before == b'<' && next == b'>';
            if let Some(end) = key_end(bytes, start, index) {
                (key, flag, fresh, saw_key) = (name, false, true, true);
                index = end;
                continue;
            }
            let directive = was_first && statement && next == b' ' && base.is_empty();
            if tag || directive {
                (key, flag, fresh, saw_key) = (name, false, true, true);
                continue;
            }
            if raw.starts_with('-') && opening && name.starts_with(|c: char| c.is_ascii_alphabetic()) && next != b':' {
                // `-h` is the host of every client program; `-hdb` is the same in one word.
                if !raw.starts_with("--")
                    && let Some(host) = name.strip_prefix('h').filter(|host| !host.is_empty())
                {
                    self.push(host, None, "", Shape::Name, "host", true, None, false);
                }
                (key, flag, fresh) = (if name == "h" { "host" } else { name }, true, true);
                continue;
            }
            if name.bytes().all(|byte| byte.is_ascii_digit()) {
                if let Ok(port) = name.parse()
                    && fresh
                    && (super::keys::meaning(key) == super::keys::Meaning::Port || (flag && matches!(key, "p" | "P")))
                {
                    self.ports.push((self.line, port));
                }
                if flag {
                    (key, flag) = (base, false);
                }
                if next != b':' {
                    (fresh, last_whole) = (false, false);
                    continue;
                }
            }
            let in_path = before == b'/' && !(start >= 2 && bytes[start - 2] == b'/');
            if let Some((port, end)) = port_after(bytes, index) {
                if !in_path && before != b'\\' {
                    self.push(name, Some(port), "", Shape::HostPort, key, fresh, None, false);
                }
                index = end;
                (last_whole, fresh) = (fresh, false);
                if flag {
                    (key, flag) = (base, false);
                }
                continue;
            }
            if !in_path && !matches!(before, b'\\' | b'&' | b'?') {
                let (right, spaced) = right_of(bytes, index);
                let whole = fresh && right;
                self.push(name, None, "", Shape::Name, key, whole, spaced, false);
                last_whole = whole;
            } else {
                last_whole = false;
            }
            fresh = false;
            if flag {
                (key, flag) = (base, false);
            }
        }
        match (saw_key, fresh) {
            (true, true) => End::OpenKey(key),
            (true, false) => End::Value,
            (false, _) => End::NoKey,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a token, once")]
    fn push(
        &mut self,
        host: &'t str,
        port: Option<u16>,
        scheme: &'t str,
        shape: Shape,
        key: &'t str,
        whole: bool,
        spaced_port: Option<u16>,
        dotted: bool,
    ) {
        if !host.is_empty() && host.len() <= 253 {
            let line = self.line;
            self.out.push(Token { host, port, scheme, shape, key, whole, spaced_port, near_port: None, dotted, line });
        }
    }

    /// `$i.redis:6379`: what stands behind the unknown part.
    fn dotted(&mut self, line: &'t str, host: &'t str, index: usize, key: &'t str) -> usize {
        let host = host.trim_end_matches('.');
        match port_after(line.as_bytes(), index) {
            Some((port, end)) => {
                self.push(host, Some(port), "", Shape::HostPort, key, false, None, true);
                end
            }
            None => {
                self.push(host, None, "", Shape::Name, key, false, None, true);
                index
            }
        }
    }

    /// The hosts of a URL whose authority starts at `start`; gives the index behind the authority.
    fn url(&mut self, line: &'t str, scheme: &'t str, mut start: usize, key: &'t str) -> usize {
        let bytes = line.as_bytes();
        if matches!(scheme, "dns" | "passthrough" | "dnssrv") && bytes.get(start) == Some(&b'/') {
            start += 1; // gRPC names: dns:///host:port
        }
        let mut end = start;
        while end < bytes.len() {
            match bytes[end] {
                b'$' if matches!(bytes.get(end + 1), Some(b'(' | b'{')) => {
                    let close = if bytes[end + 1] == b'(' { b')' } else { b'}' };
                    end = bytes[end..].iter().position(|byte| *byte == close).map_or(bytes.len(), |at| end + at);
                }
                b'[' => end = bytes[end..].iter().position(|byte| *byte == b']').map_or(bytes.len() - 1, |at| end + at),
                b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b';' | b'|' | b'\\' | b')' | b']' | b'}' => {
                    break;
                }
                byte if byte.is_ascii_whitespace() => break,
                _ => {}
            }
            end += 1;
        }
        end = end.min(bytes.len());
        let authority = &line[start..end];
        let hosts = authority.rfind('@').map_or(0, |at| at + 1);
        let mut offset = start + hosts;
        for piece in authority[hosts..].split(',') {
            // A list of URLs: the piece is the scheme of the next one.
            if piece.ends_with(':') && line[end..].starts_with("//") {
                return offset;
            }
            offset += piece.len() + 1;
            let piece = piece.rsplit('(').next().unwrap_or(piece);
            let (host, port) = match piece.rsplit_once(':') {
                Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port.parse().ok()),
                Some((_, port)) if port.contains(['$', '{']) => (&piece[..piece.len() - port.len() - 1], None),
                _ => (piece, None),
            };
            let host = host.trim_end_matches('.');
            if host.contains(['$', '{', '%', '*']) {
                let behind = host.rfind(['}', ')']).map_or("", |at| &host[at + 1..]);
                if let Some(rest) = behind.strip_prefix('.') {
                    self.push(rest, port, scheme, Shape::Url, key, true, None, true);
                } else if let Some((_, rest)) = host.split_once('.')
                    && host.starts_with('$')
                    && !rest.contains('$')
                {
                    self.push(rest, port, scheme, Shape::Url, key, true, None, true);
                }
                continue;
            }
            self.push(host, port, scheme, Shape::Url, key, true, None, false);
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `shape host port key whole` of every token that is a URL, `host:port` or whole value.
    fn seen(text: &str, key: &str) -> Vec<String> {
        tokens(text, key)
            .iter()
            .filter(|token| token.shape != Shape::Name || token.whole || token.spaced_port.is_some())
            .map(|token| {
                format!("{}:{}", token.host, token.port.or(token.spaced_port).or(token.near_port).unwrap_or(0))
            })
            .collect()
    }

    #[test]
    fn urls_and_dsns() {
        assert_eq!(seen("postgres://u:p%40@db:5432/shop?sslmode=disable", "X"), ["db:5432", "disable:0"]);
        assert_eq!(seen("jdbc:postgresql://db.shop.svc:5432/x", "X"), ["db.shop.svc:5432"]);
        assert_eq!(seen("mongodb://u:p@m-0.m:27017,m-1.m:27017/x", ""), ["m-0.m:27017", "m-1.m:27017"]);
        assert_eq!(seen("redis://a:1,redis://b:2", ""), ["a:1", "b:2"]);
        assert_eq!(seen("user:1234@tcp(db:3306)/app", ""), ["db:3306"]);
        assert_eq!(seen("dns:///cart:7070", ""), ["cart:7070"]);
        assert_eq!(seen("amqp://$(USER):$(PASS)@mq:5672/%2f", ""), ["mq:5672"]);
        assert_eq!(seen("http://[::1]:80/x", ""), ["[::1]:80"]);
    }

    #[test]
    fn keyword_dsn_and_flags() {
        assert_eq!(seen("host=db port=5432 user=x", "")[0], "db:5432");
        assert!(seen("pg_isready -h db -p 5432", "").contains(&"db:5432".to_owned()));
        assert!(seen("mysql -hdb -uroot", "").contains(&"db:0".to_owned()));
        assert!(seen("until nc -z db 5432; do sleep 1; done", "").contains(&"db:5432".to_owned()));
    }

    #[test]
    fn words_in_prose_are_not_whole() {
        assert_eq!(seen("the api writes to the db", "BANNER_URL"), Vec::<String>::new());
        assert_eq!(seen("db", "DB_HOST"), ["db:0"]);
        assert_eq!(seen("a, b", "HOSTS"), ["a:0", "b:0"]);
    }

    #[test]
    fn image_tags_and_versions_are_not_ports_of_paths() {
        for text in ["docker.io/library/redis:7", "api:1.2.3"] {
            assert!(tokens(text, "").iter().all(|token| token.shape == Shape::Name && token.host != "redis"), "{text}");
        }
    }

    #[test]
    fn siblings_and_lists_of_files() {
        let text = "cache:\n  host: redis\n  port: 6379\n# host: db\nbrokers:\n  - kafka\n";
        assert_eq!(seen(text, ""), ["redis:6379", "kafka:0"]);
        let nginx = "upstream b {\n  server api;\n}\nproxy_pass http://web/x;\n";
        assert_eq!(seen(nginx, ""), ["api:0", "web:0"]);
        assert_eq!(seen("<host>db</host>", ""), ["db:0"]);
    }

    #[test]
    fn unknown_variables_are_no_hosts() {
        assert_eq!(seen("http://${X}/", ""), Vec::<String>::new());
        let dotted = tokens("redis-$i.redis:6379", "");
        assert!(dotted.iter().any(|token| token.dotted && token.host == "redis" && token.port == Some(6379)));
        assert!(tokens("{{ db }} $db %db ${db}", "").is_empty());
    }

    #[test]
    fn never_panics_on_cut_text() {
        for text in
            ["http://[", "a:", "://", "$(", "-", "x=\"", "http://$(a", "é:80", "a: é\n- é", "\u{feff}http://é@b:1"]
        {
            let _ = tokens(text, "K");
        }
    }
}
