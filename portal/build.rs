//! Checks every operation in `graphql/` against the schema and writes the types the portal reads and writes.
//!
//! One Rust type per schema type, with the fields that some operation selects: a field nobody selects does not exist,
//! a field the schema does not have stops the build. One type per *schema* type rather than per operation (what
//! `graphql_client` makes) because lists, details and subscriptions then share views, and the wasm stays small.

#[path = "build/check.rs"]
mod check;
#[path = "build/write.rs"]
mod write;

use std::{env, fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=graphql");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=../schema.graphql");
    let schema = fs::read_to_string("../schema.graphql").expect("schema.graphql stands at the workspace root");
    let mut files: Vec<_> = fs::read_dir("graphql")
        .expect("the folder graphql stands beside build.rs")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|it| it == "graphql"))
        .collect();
    files.sort();
    let text: String = files.iter().map(|path| fs::read_to_string(path).expect("a readable file")).collect();
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let code = check::check(&schema, &text).map(|checked| write::code(&checked));
    match code {
        Ok(code) => fs::write(Path::new(&out).join("graphql.rs"), code).expect("OUT_DIR is writable"),
        Err(errors) => {
            for error in errors {
                println!("cargo::error={error}");
            }
        }
    }
}
