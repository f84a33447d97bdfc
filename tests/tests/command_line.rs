//! The same job by the `hypo` command alone: sign in, import, plan, order, scale, end; and what works offline.
#![expect(clippy::unwrap_used, reason = "a test ends with a panic")]

use std::{path::Path, process::Command};

use hypo_tests::world::{SHOP, World, hypo};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";

/// A person's terminal: a home of its own.
struct Terminal {
    home: TempDir,
}

impl Terminal {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// What the command prints; one that fails fails the test.
    fn run(&self, arguments: &[&str]) -> String {
        self.attempt(arguments).unwrap_or_else(|error| panic!("hypo {}: {error}", arguments.join(" ")))
    }

    /// What the command prints, or what it says on standard error.
    fn attempt(&self, arguments: &[&str]) -> Result<String, String> {
        let done = Command::new(hypo())
            .args(arguments)
            .env_remove("HYPO_SERVER")
            .env_remove("HYPO_TOKEN")
            .env("XDG_CONFIG_HOME", self.home.path())
            .env("HYPO_PASSWORD", PASSWORD)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        if done.status.success() { Ok(text(done.stdout)) } else { Err(text(done.stderr)) }
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// The word that follows the first occurrence of `mark`.
fn after<'t>(text: &'t str, mark: &str) -> &'t str {
    let rest = text.split_once(mark).unwrap_or_else(|| panic!("no {mark:?} in {text}")).1;
    rest.split_whitespace().next().unwrap()
}

/// The line that holds `word`.
fn line<'t>(text: &'t str, word: &str) -> &'t str {
    text.lines().find(|line| line.contains(word)).unwrap_or_else(|| panic!("no {word:?} in {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_job_by_commands() {
    let world = World::start(&[]).await;
    let user = json!({"name": "carla", "displayName": "Carla", "password": PASSWORD, "role": "admin"});
    let create = "mutation U($input: CreateUserInput!) { createUser(input: $input) { id } }";
    world.server.ask(create, json!({"input": user})).await;
    let terminal = Terminal::new();

    let stranger = terminal.attempt(&["orders"]).unwrap_err();
    assert!(stranger.contains("hypo login"), "{stranger}");
    let refused = Command::new(hypo())
        .args(["login", &world.server.base, "--name", "carla"])
        .env("XDG_CONFIG_HOME", terminal.home.path())
        .env("HYPO_PASSWORD", "not the password")
        .output()
        .unwrap();
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("HYP-5003"));
    assert!(
        terminal
            .run(&["login", &world.server.base, "--name", "carla", "--role", "admin"])
            .contains("Signed in as carla")
    );
    let kept = terminal.home.path().join("hypo/credentials.json");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&kept).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "nobody else reads the token");

    let clusters = terminal.run(&["clusters"]);
    assert!(line(&clusters, "east").contains("available"), "{clusters}");
    let west = line(&clusters, "west").split_whitespace().next().unwrap().to_owned();
    let imported = terminal.run(&["import", &terminal.file("shop.yaml", SHOP), "--name", "shop"]);
    assert!(imported.contains("2 components, 1 edges"), "{imported}");
    let package = after(&imported, "package ").to_owned();

    let request =
        terminal.file("request.json", &json!({"pins": {"web": [world.clusters[0]], "db": [west]}}).to_string());
    let shown = terminal.run(&["plan", &package, "--name", "shop", "--request", &request]);
    assert!(line(&shown, "west/").contains("to create"), "{shown}");
    assert!(shown.contains("links: 1"), "{shown}");
    let whole = terminal.run(&["plan", &package, "--name", "shop", "--request", &request, "--json"]);
    let plan: Value = serde_json::from_str(&whole).unwrap();
    let (id, hash) = (plan["id"].as_str().unwrap(), plan["hash"].as_str().unwrap());
    assert!(terminal.attempt(&["order", id, "0"]).unwrap_err().contains("HYP-2009"));
    let told = terminal.run(&["order", id, hash]);
    assert_eq!(told.lines().last(), Some("completed"), "{told}");
    assert!(told.contains("note: links not verified"), "{told}");
    assert!(line(&terminal.run(&["orders"]), after(&told, "order ")).contains("completed"));
    let services = terminal.run(&["services"]);
    let service = line(&services, "shop").split_whitespace().next().unwrap().to_owned();
    assert!(line(&services, "shop").contains("active"), "{services}");

    for (replicas, delete, left) in [("2", None, 0), ("1", None, 1), ("2", None, 0), ("1", Some("data-db-1"), 0)] {
        let mut arguments = vec!["scale", &service, "db", &west, replicas];
        arguments.extend(delete.into_iter().flat_map(|claim| ["--delete-volume", claim]));
        let told = terminal.run(&arguments);
        assert_eq!(told.lines().last(), Some("completed"), "{told}");
        let volumes = terminal.run(&["volumes"]);
        assert_eq!(volumes.matches("data-db-1").count(), left, "{replicas} {delete:?}: {volumes}");
    }

    let shown = terminal.run(&["terminate", &service]);
    assert!(shown.contains("volume west/data-db-0: kept") && shown.contains("nothing was changed"), "{shown}");
    let unknown = terminal.attempt(&["terminate", &service, "--delete-volume", "west/data-db-9", "--yes"]);
    assert!(unknown.unwrap_err().contains("HYP-3111"));
    assert!(line(&terminal.run(&["services"]), "shop").contains("active"), "still there");
    let told = terminal.run(&["terminate", &service, "--delete-volume", "west/data-db-0", "--yes"]);
    assert!(told.contains("volume west/data-db-0: DELETED"), "{told}");
    assert_eq!(told.lines().last(), Some("completed"), "{told}");
    assert!(line(&terminal.run(&["services"]), "shop").contains("terminated"));
    assert!(!terminal.run(&["volumes"]).contains("data-db"), "nothing is left of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_made_listed_and_ended() {
    let world = World::start(&[]).await;
    let user = json!({"name": "carla", "displayName": "Carla", "password": PASSWORD, "role": "admin"});
    let create = "mutation U($input: CreateUserInput!) { createUser(input: $input) { id } }";
    world.server.ask(create, json!({"input": user})).await;
    let terminal = Terminal::new();
    terminal.run(&["login", &world.server.base, "--name", "carla", "--role", "admin"]);
    let secret = terminal.run(&["token", "create", "pipeline", "--role", "viewer", "--days", "2"]);
    let by_token = |arguments: &[&str]| {
        Command::new(hypo())
            .args(arguments)
            .env("HYPO_SERVER", &world.server.base)
            .env("HYPO_TOKEN", secret.trim())
            .output()
            .unwrap()
    };
    assert!(by_token(&["services"]).status.success());
    let package = by_token(&["import", &terminal.file("shop.yaml", SHOP)]);
    assert!(String::from_utf8_lossy(&package.stderr).contains("HYP-5002"), "a viewer imports nothing: {package:?}");
    let list = terminal.run(&["token", "list"]);
    let pipeline = line(&list, "pipeline");
    assert!(pipeline.contains("viewer") && !pipeline.contains("revoked"), "{list}");
    terminal.run(&["token", "revoke", pipeline.split_whitespace().next().unwrap()]);
    assert!(line(&terminal.run(&["token", "list"]), "pipeline").contains("revoked"));
    assert!(!by_token(&["services"]).status.success(), "an ended token opens nothing");
}

#[test]
fn what_works_offline() {
    let terminal = Terminal::new();
    let role = terminal.run(&["cluster-role"]);
    let narrow = terminal.run(&["cluster-role", "--namespace", "tenant-a"]);
    assert!(role.contains("\"ClusterRole\"") && role.contains("\"ClusterRoleBinding\""), "{role}");
    assert!(!narrow.contains("ClusterRole") && narrow.contains("\"namespace\": \"tenant-a\""), "{narrow}");

    let package = terminal.file("shop.yaml", SHOP);
    let said = terminal.run(&["analyse", &package]);
    assert!(said.starts_with("2 components") && said.contains("web -> db:5432"), "{said}");
    let analysis: Value = serde_json::from_str(&terminal.run(&["analyse", &package, "--json"])).unwrap();
    assert_eq!((&analysis["schema"], &analysis["edges"][0]["to"]), (&json!("hypo.analysis/1"), &json!("db")));
    let missing = terminal.attempt(&["analyse", "/no/such/package"]).unwrap_err();
    assert!(missing.contains("/no/such/package"), "{missing}");

    let out = terminal.home.path().join("schema.graphql");
    terminal.run(&["schema", "--out", out.to_str().unwrap()]);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    assert_eq!(std::fs::read_to_string(out).unwrap().trim(), std::fs::read_to_string(kept).unwrap().trim());
}
