//! Reads the corpus and measures it. Used by the test and by `cargo run -p hypo-package --example corpus`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use hypo_package::{Limits, Options, Render, analyse, manifest};
use hypo_shared::analysis::{ACCEPT, Analysis};
use regex::Regex;
use serde::Deserialize;

/// What is true of a case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// What the case is about, for people.
    #[serde(rename = "why")]
    pub _why: String,
    /// Caller, peer, port.
    pub edges: BTreeSet<(String, String, u16)>,
    /// `host:port`.
    pub external: BTreeSet<String>,
    /// Pairs that a careless reader would link.
    pub decoys: BTreeSet<(String, String)>,
    /// Pairs that must stay together; a case that names one names all.
    pub glue: BTreeSet<(String, String)>,
    /// Codes that must be among the notes.
    #[serde(rename = "notes")]
    pub codes: BTreeSet<String>,
}

/// A case, its truth and what was found.
pub struct Case {
    pub name: String,
    pub truth: Truth,
    pub render: Render,
    pub analysis: Analysis,
}

/// Found and wanted, counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub found: usize,
    pub wanted: usize,
    pub right: usize,
    pub decoys: usize,
}

impl Score {
    pub fn precision(self) -> f64 {
        if self.found == 0 { 1.0 } else { self.right as f64 / self.found as f64 }
    }

    pub fn recall(self) -> f64 {
        if self.wanted == 0 { 1.0 } else { self.right as f64 / self.wanted as f64 }
    }

    pub fn add(&mut self, other: Self) {
        self.found += other.found;
        self.wanted += other.wanted;
        self.right += other.right;
        self.decoys += other.decoys;
    }
}

pub fn corpus() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(root).expect("the corpus is there").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    folders.iter().map(|folder| case(folder)).collect()
}

fn case(folder: &Path) -> Case {
    let name = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).expect("a case has both files");
    let documents =
        manifest::parse_str(&read("package.yaml"), Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let truth = serde_json::from_str(&read("truth.json")).unwrap_or_else(|error| panic!("{name}: {error}"));
    let render = Render::new(documents);
    let analysis = analyse(&render, &Options::default());
    Case { name, truth, render, analysis }
}

impl Case {
    /// Edges at or above the threshold, with ports.
    pub fn found(&self) -> BTreeSet<(String, String, u16)> {
        let accepted = self.analysis.edges.iter().filter(|edge| edge.confidence >= ACCEPT);
        accepted.map(|edge| (edge.from.clone(), edge.to.clone(), edge.port)).collect()
    }

    pub fn ours(&self) -> Score {
        let found = self.found();
        Score {
            found: found.len(),
            wanted: self.truth.edges.len(),
            right: found.intersection(&self.truth.edges).count(),
            decoys: self.decoys(found.iter().map(|(from, to, _)| (from.clone(), to.clone()))),
        }
    }

    /// The P2CODE scheduler's rule: an environment value that is a host and a port as a whole.
    pub fn p2code(&self) -> Score {
        let rule = Regex::new("^[a-z0-9/-]+:[0-9]+$").expect("a valid expression");
        let mut behind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for component in &self.analysis.components {
            for service in &component.services {
                behind.entry(&service.name).or_default().push(&component.name);
            }
        }
        let mut found = BTreeSet::new();
        for component in &self.analysis.components {
            let workload = self
                .render
                .documents
                .iter()
                .find(|document| document.kind() == component.kind && document.name() == component.name);
            let object = &workload.expect("a component has a workload").object;
            let containers = object.pointer("/spec/template/spec/containers").and_then(|list| list.as_array());
            for variable in containers.into_iter().flatten().flat_map(|container| container["env"].as_array()).flatten()
            {
                let value = variable["value"].as_str().unwrap_or_default();
                let Some((host, port)) = value.rsplit_once(':').filter(|_| rule.is_match(value)) else { continue };
                for to in behind.get(host).into_iter().flatten().filter(|to| **to != component.name) {
                    found.insert((component.name.clone(), (*to).to_owned(), port.parse().unwrap_or(0)));
                }
            }
        }
        Score {
            found: found.len(),
            wanted: self.truth.edges.len(),
            right: found.intersection(&self.truth.edges).count(),
            decoys: self.decoys(found.iter().map(|(from, to, _)| (from.clone(), to.clone()))),
        }
    }

    fn decoys(&self, found: impl Iterator<Item = (String, String)>) -> usize {
        found.filter(|pair| self.truth.decoys.contains(pair)).collect::<BTreeSet<_>>().len()
    }

    /// Codes of notes that the truth names and the analysis lacks.
    pub fn missing_notes(&self) -> BTreeSet<String> {
        let have: BTreeSet<String> = self.analysis.notes.iter().map(|note| note.code.clone()).collect();
        self.truth.codes.difference(&have).cloned().collect()
    }

    pub fn external(&self) -> BTreeSet<String> {
        let hosts = self.analysis.external.iter();
        hosts.map(|external| format!("{}:{}", external.host, external.port.unwrap_or(0))).collect()
    }

    pub fn glue(&self) -> BTreeSet<(String, String)> {
        let pairs = self.analysis.glue.iter().flat_map(|glue| {
            let members = &glue.members;
            members
                .iter()
                .enumerate()
                .flat_map(|(index, first)| members[index + 1..].iter().map(|second| (first.clone(), second.clone())))
        });
        pairs.collect()
    }
}
