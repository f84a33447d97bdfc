//! Times the analysis of a manifests file: `cargo run --release -p hypo-package --example measure -- FILE`.

use std::time::Instant;

use hypo_package::{Limits, Options, Render, analyse, manifest};

#[expect(clippy::print_stdout, reason = "printing is what the example is for")]
fn main() {
    let path = std::env::args().nth(1).expect("usage: measure FILE");
    let text = std::fs::read_to_string(&path).expect("the file is readable");
    let mut times: Vec<(f64, f64)> = (0..50)
        .map(|_| {
            let start = Instant::now();
            let documents = manifest::parse_str(&text, Limits::default()).expect("the package is valid");
            let parsed = start.elapsed();
            let analysis = analyse(&Render::new(documents), &Options::default());
            assert!(!analysis.components.is_empty());
            (parsed.as_secs_f64() * 1e3, start.elapsed().as_secs_f64() * 1e3)
        })
        .collect();
    times.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (parse, whole) = times[times.len() / 2];
    println!("median of {}: parse {parse:.2} ms, parse and analyse {whole:.2} ms", times.len());
}
