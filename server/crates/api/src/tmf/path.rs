//! The segments of a path.

use hypo_tmf::percent::decoded;

/// The decoded segments of the part of a path behind its base; an encoded slash is a part of its segment. One slash at the end names the same as none: clients of
/// the official kits send it. `None` when a segment is empty or no text.
pub fn segments(rest: &str) -> Option<Vec<String>> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    rest.split('/').map(|segment| decoded(segment).filter(|segment| !segment.is_empty())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_once_and_end_with_at_most_one_slash() {
        let of = |rest: &str| segments(rest).map(|all| all.join("|"));
        assert_eq!(of("service").as_deref(), Some("service"));
        assert_eq!(of("service/").as_deref(), Some("service"));
        assert_eq!(of("service/%301a2/").as_deref(), Some("service|01a2"));
        assert_eq!(of("a%2Fb/%2541").as_deref(), Some("a/b|%41"));
        for bad in ["", "/", "service//", "service//7", "service/%zz", "service/%4", "service/%ff"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
