//! The dependencies of a crate, read from its Cargo.toml.

/// (line, crate name) of each dependency that ships: `[dependencies]`, `[dependencies.NAME]` and those of a target.
/// Development and build dependencies are not among them.
pub fn dependencies(manifest: &str) -> Vec<(usize, String)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (at, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            inside = header == "dependencies" || (header.starts_with("target.") && header.ends_with(".dependencies"));
            if let Some(name) = header.strip_prefix("dependencies.") {
                found.push((at + 1, name.to_owned()));
            }
        } else if inside && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default().trim_matches('"');
            if !name.is_empty() {
                found.push((at + 1, name.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_ships() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nhypo-shared.workspace = true\n# no\nserde = { version = \"1\" }\n\
                    [dependencies.kube]\nversion = \"5\"\n[dev-dependencies]\nproptest.workspace = true\n\
                    [target.'cfg(unix)'.dependencies]\nrustix = \"1\"\n";
        let names: Vec<_> = dependencies(text).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["hypo-shared", "serde", "kube", "rustix"]);
    }
}
