//! The walls table of ARCHITECTURE.md: which crate may use which. Checked in Cargo.toml and in the code.

use super::{Finding, Tree, manifest::dependencies, source::Source};

struct Room {
    dir: &'static str,
    /// Crates of ours it may use.
    ours: &'static [&'static str],
    /// Crates of others it must not use.
    never: &'static [&'static str],
    /// No runtime, I/O, clock or chance: decisions are functions of their arguments.
    pure: bool,
}

const WEB: [&str; 3] = ["axum", "async-graphql", "async-graphql-axum"];
const RUNTIME: &[&str] =
    &["tokio", "sea-orm", "reqwest", "kube", "vaultrs", "hyper", "axum", "async-graphql-axum", "rand", "k8s-openapi"];
const OUTSIDE: &[&str] =
    &["kube", "k8s-openapi", "vaultrs", "reqwest", "sea-orm", "axum", "async-graphql", "async-graphql-axum"];

/// `package` reads and analyses packages; it stands beside `model`, behind the same wall, and `model` may use it.
const ROOMS: &[Room] = &[
    Room { dir: "shared", ours: &[], never: RUNTIME, pure: true },
    Room { dir: "migrations", ours: &[], never: &WEB, pure: false },
    Room { dir: "server/crates/package", ours: &["shared"], never: RUNTIME, pure: true },
    Room { dir: "server/crates/model", ours: &["shared", "package"], never: RUNTIME, pure: true },
    Room { dir: "server/crates/engine", ours: &["shared"], never: OUTSIDE, pure: false },
    Room { dir: "server/crates/tmf", ours: &["shared"], never: OUTSIDE, pure: false },
    Room {
        dir: "server/crates/store",
        ours: &["model", "package", "shared", "engine", "tmf", "migrations"],
        never: &["axum", "async-graphql", "async-graphql-axum", "kube", "k8s-openapi", "vaultrs", "reqwest"],
        pure: false,
    },
    Room {
        dir: "server/crates/orchestrator",
        ours: &["shared", "package", "model", "store", "engine", "tmf"],
        never: OUTSIDE,
        pure: false,
    },
    Room {
        dir: "server/crates/app",
        ours: &["shared", "package", "model", "store", "engine", "tmf", "orchestrator"],
        never: OUTSIDE,
        pure: false,
    },
    Room {
        dir: "server/crates/api",
        ours: &["app", "shared", "tmf"],
        never: &["kube", "k8s-openapi", "vaultrs", "reqwest", "sea-orm"],
        pure: false,
    },
    Room {
        dir: "server/crates/adapters",
        ours: &["shared", "package", "model", "tmf"],
        never: &["sea-orm", "axum", "async-graphql", "async-graphql-axum"],
        pure: false,
    },
    Room {
        dir: "server/crates/twin",
        ours: &["shared"],
        never: &["kube", "vaultrs", "sea-orm", "async-graphql"],
        pure: false,
    },
    Room {
        dir: "server/crates/link",
        ours: &["shared"],
        never: &["kube", "vaultrs", "sea-orm", "async-graphql"],
        pure: false,
    },
    Room { dir: "portal", ours: &["shared"], never: RUNTIME, pure: false },
    Room { dir: "examples/watchpost", ours: &[], never: &["kube", "vaultrs", "sea-orm", "async-graphql"], pure: false },
];

/// What a pure crate does not do.
const IMPURE: [&str; 14] = [
    "std::fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::process",
    "std::env",
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "thread_rng",
];

pub fn check(tree: &Tree, found: &mut Vec<Finding>) {
    for room in ROOMS {
        let path = format!("{}/Cargo.toml", room.dir);
        for (line, name) in tree.text(&path).map(dependencies).unwrap_or_default() {
            let stranger = name.strip_prefix("hypo-").is_some_and(|ours| !room.ours.contains(&ours));
            if stranger || room.never.contains(&name.as_str()) {
                found.push(Finding::new(
                    &path,
                    line,
                    format!("{} must not see {name} (walls, ARCHITECTURE.md)", room.dir),
                ));
            }
        }
        let src = format!("{}/src/", room.dir);
        for source in tree.rust.iter().filter(|source| source.path.starts_with(&src) && !source.test) {
            room.code(source, found);
        }
    }
    adapters(tree, found);
}

impl Room {
    fn code(&self, source: &Source, found: &mut Vec<Finding>) {
        let mut strangers: Vec<String> =
            self.never.iter().map(|name| format!("{}::", name.replace('-', "_"))).collect();
        for other in ROOMS {
            let name = other.dir.rsplit('/').next().unwrap_or(other.dir);
            if other.dir != self.dir && !self.ours.contains(&name) {
                strangers.push(format!("hypo_{}", name.replace('-', "_")));
            }
        }
        if self.pure {
            strangers.extend(IMPURE.map(str::to_owned));
        }
        for word in strangers {
            for line in source.lines_with(&word) {
                found.push(Finding::new(
                    &source.path,
                    line,
                    format!("{} must not use {} (walls, ARCHITECTURE.md)", self.dir, word.trim_end_matches(':')),
                ));
            }
        }
    }
}

/// The folders of `adapters` are outside systems; one does not know the other.
fn adapters(tree: &Tree, found: &mut Vec<Finding>) {
    const SYSTEMS: [&str; 8] = ["oss", "cluster", "fabric", "network", "secrets", "telemetry", "packages", "link"];
    for source in tree.rust.iter().filter(|source| !source.test) {
        let Some(inner) = source.path.strip_prefix("server/crates/adapters/src/") else { continue };
        let Some(own) = SYSTEMS.iter().find(|name| inner.split(['/', '.']).next() == Some(**name)) else { continue };
        for other in SYSTEMS.iter().filter(|name| *name != own) {
            for line in source.lines_with(&format!("crate::{other}")) {
                found.push(Finding::new(&source.path, line, format!("adapter {own} must not know adapter {other}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let mut found = Vec::new();
        check(&tree(files), &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn walls_stand_in_manifests() {
        let found = findings(&[
            (
                "server/crates/api/Cargo.toml",
                "[dependencies]\nhypo-app.workspace = true\nhypo-store.workspace = true\n",
            ),
            ("shared/Cargo.toml", "[dependencies]\ntokio.workspace = true\n[dev-dependencies]\nrand = \"1\"\n"),
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|it| it.starts_with("server/crates/api/Cargo.toml:3: ") && it.contains("hypo-store")));
        assert!(found.iter().any(|it| it.starts_with("shared/Cargo.toml:2: ") && it.contains("tokio")));
    }

    #[test]
    fn walls_stand_in_code() {
        let found = findings(&[
            ("server/crates/model/src/plan.rs", "use std::fs;\nlet now = chrono::Utc::now();\n// std::process\n"),
            ("server/crates/model/src/tests.rs", "use std::fs;\n"),
            ("server/crates/tmf/src/lib.rs", "use hypo_engine::Saga;\nuse hypo_shared::Role;\n"),
            ("server/crates/adapters/src/cluster/mod.rs", "use crate::secrets::Sealed;\nuse crate::cluster::x;\n"),
        ]);
        let heads: Vec<_> = found.iter().map(|it| it.split(": ").next().unwrap()).collect();
        assert_eq!(
            heads,
            [
                "server/crates/model/src/plan.rs:1",
                "server/crates/model/src/plan.rs:2",
                "server/crates/tmf/src/lib.rs:1",
                "server/crates/adapters/src/cluster/mod.rs:1",
            ]
        );
    }
}
