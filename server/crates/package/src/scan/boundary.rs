//! Where words, keys, ports and values end.

pub(super) fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') || byte >= 0x80
}

pub(super) fn quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The bracket or sign that makes the word at `start..end` part of an unknown variable or a template.
pub(super) fn poisoned(bytes: &[u8], start: usize, end: usize) -> Option<u8> {
    let back = |count: usize| start.checked_sub(count).map_or(0, |index| bytes[index]);
    if matches!(back(1), b'$' | b'%') {
        return Some(b'$');
    }
    if matches!(back(1), b'{' | b'(') && matches!(back(2), b'$' | b'%' | b'#') {
        return Some(b'(');
    }
    let mut index = start;
    while index > 0 && bytes[index - 1] == b' ' {
        index -= 1;
    }
    if index >= 2 && &bytes[index - 2..index] == b"{{" {
        return Some(b'{');
    }
    let next = bytes.get(end).copied().unwrap_or(0);
    (next == b'$' || (next == b'%' && bytes.get(end + 1).is_some_and(|byte| matches!(byte, b'{' | b'('))))
        .then_some(b'(')
}

/// Where the value of a key starts, when the word at `start..end` is one: `key=`, `key: `, `"key": `, `key = `.
pub(super) fn key_end(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let mut index = end;
    if start > 0 && quote(bytes[start - 1]) && at(index) == bytes[start - 1] {
        index += 1;
        while at(index) == b' ' {
            index += 1;
        }
        return matches!(at(index), b':' | b'=').then(|| index + 1);
    }
    while at(index) == b' ' {
        index += 1;
    }
    match at(index) {
        b'=' if at(index + 1) != b'=' => Some(index + 1),
        b':' => {
            let behind = at(index + 1);
            let value = behind == 0 || behind.is_ascii_whitespace() || quote(behind) || matches!(behind, b'[' | b'{');
            value.then_some(index + 1)
        }
        _ => None,
    }
}

/// The port behind `:` at `index`, and where it ends.
pub(super) fn port_after(bytes: &[u8], index: usize) -> Option<(u16, usize)> {
    if bytes.get(index) != Some(&b':') {
        return None;
    }
    let digits = bytes[index + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=5).contains(&digits) {
        return None;
    }
    let end = index + 1 + digits;
    let behind = bytes.get(end).copied().unwrap_or(b' ');
    if word(behind) && behind != b'.'
        || behind == b'@'
        || (behind == b'.' && bytes.get(end + 1).is_some_and(|byte| word(*byte)))
    {
        return None;
    }
    let port = std::str::from_utf8(&bytes[index + 1..end]).ok()?.parse().ok()?;
    (port > 0).then_some((port, end))
}

/// Whether a value may end at `index`, and the number that follows after a blank.
pub(super) fn right_of(bytes: &[u8], index: usize) -> (bool, Option<u16>) {
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let mut next = index;
    while matches!(at(next), b' ' | b'\t') {
        next += 1;
    }
    let spaced = next > index;
    match at(next) {
        0 | b',' | b';' | b']' | b')' | b'}' | b'<' | b'&' | b'|' | b'\\' => (true, None),
        b'#' | b'-' => (spaced, None),
        b'/' => (!spaced, None),
        byte if quote(byte) => (true, None),
        byte if spaced && byte.is_ascii_digit() => {
            let digits = bytes[next..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let port = std::str::from_utf8(&bytes[next..next + digits]).ok().and_then(|text| text.parse().ok());
            let ends = !word(at(next + digits));
            (ends, port.filter(|_| ends))
        }
        byte if spaced && word(byte) => {
            // `host=db port=5432`: another setting follows.
            let length = bytes[next..].iter().take_while(|byte| word(**byte)).count();
            (at(next + length) == b'=', None)
        }
        _ => (false, None),
    }
}
