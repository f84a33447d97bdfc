//! The walls of the architecture and the other rules that neither compiler nor clippy sees; see `xtask/src/tidy`.

#[test]
fn the_house_is_tidy() {
    let found = xtask::tidy::check(&xtask::workspace::root()).expect("the files can be read");
    let list: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} findings:\n{}", list.len(), list.join("\n"));
}
