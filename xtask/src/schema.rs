//! `schema.graphql`, exported from the server that answers it.

use std::{fs, path::Path, process::Command};

use crate::{
    serve::build,
    shell::{Outcome, output},
};

/// Writes the file; with `--check` it fails where the file differs and leaves it alone.
pub fn run(root: &Path, args: &[String]) -> Outcome<()> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("usage: cargo xtask schema [--check]".into()),
    };
    let schema = output(Command::new(build(root, false)?).arg("schema"))?;
    if schema.trim().is_empty() {
        return Err("`hypo schema` printed nothing".into());
    }
    let path = root.join("schema.graphql");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    if kept == schema {
        println!("schema.graphql is up to date ({} lines)", schema.lines().count());
        return Ok(());
    }
    if check {
        let (line, (was, is)) = first_difference(&kept, &schema);
        return Err(format!(
            "schema.graphql differs from the server's at line {line}:\n  file:   {was}\n  server: {is}\nrun `cargo xtask schema`"
        )
        .into());
    }
    fs::write(&path, &schema)?;
    println!("schema.graphql written ({} lines)", schema.lines().count());
    Ok(())
}

fn first_difference<'a>(was: &'a str, is: &'a str) -> (usize, (&'a str, &'a str)) {
    let (mut left, mut right) = (was.lines(), is.lines());
    let mut line = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => line += 1,
            (a, b) => return (line, (a.unwrap_or("(end)"), b.unwrap_or("(end)"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_line_that_differs() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), (2, ("b", "c")));
        assert_eq!(first_difference("a\n", "a\nc\n"), (2, ("(end)", "c")));
    }
}
