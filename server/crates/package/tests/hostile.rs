//! Packages that mean harm are refused with a stable code and within a bounded amount of work.

use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use hypo_package::{
    Document, Error, Limits, Options, Origin, Render, SourceFile, analyse, manifest, source::unpack_tgz,
};
use hypo_shared::ErrorCode;

/// Generous beside the milliseconds it takes: the machine may be busy, an expansion would take minutes.
const SOON: Duration = Duration::from_secs(10);

fn refused<T: std::fmt::Debug>(run: impl FnOnce() -> Result<T, Error>) -> (ErrorCode, Error) {
    let start = Instant::now();
    let error = run().expect_err("it must be refused");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    (error.code(), error)
}

fn yaml(text: &str) -> ErrorCode {
    refused(|| manifest::parse_str(text, Limits::default())).0
}

#[test]
fn billion_laughs() {
    let mut text = String::from(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\na0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n",
    );
    for level in 1..12 {
        let refs = vec![format!("*a{}", level - 1); 9].join(",");
        text.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
    }
    assert_eq!(yaml(&text), ErrorCode::YamlBudget);
}

#[test]
fn a_long_text_named_often() {
    let mut text =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\nlong: &l {}\n", "x".repeat(1 << 20));
    for index in 0..90 {
        text.push_str(&format!("k{index}: *l\n"));
    }
    assert_eq!(yaml(&text), ErrorCode::YamlBudget, "90 MiB out of 1 MiB");
}

#[test]
fn merge_keys_that_double() {
    let mut text = String::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nm0: &m0 {k: v}\n");
    for level in 1..64 {
        text.push_str(&format!("m{level}: &m{level} {{a{level}: *m{0}, b{level}: *m{0}}}\n", level - 1));
    }
    assert_eq!(yaml(&text), ErrorCode::YamlBudget);
}

#[test]
fn deep_nesting() {
    assert_eq!(yaml(&format!("a: {}{}", "[".repeat(10_000), "]".repeat(10_000))), ErrorCode::YamlBudget);
    assert_eq!(
        yaml(&(0..1_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>()),
        ErrorCode::YamlBudget
    );
    let json = SourceFile { path: "x.json".into(), bytes: [vec![b'['; 10_000], vec![b']'; 10_000]].concat() };
    assert_eq!(refused(|| manifest::parse(&[json], Limits::default())).0, ErrorCode::YamlBudget);
}

#[test]
fn duplicate_keys() {
    let (code, error) =
        refused(|| manifest::parse_str("kind: A\nmetadata:\n  name: a\n  name: b\n", Limits::default()));
    assert_eq!(code, ErrorCode::YamlDuplicateKey);
    assert_eq!(error.to_string(), ", line 4: the key \"name\" is named twice");
    let json = |text: &str| SourceFile { path: "x.json".into(), bytes: text.into() };
    let (_, error) = refused(|| manifest::parse(&[json("{\"kind\": \"A\",\n \"kind\": \"B\"}")], Limits::default()));
    assert!(matches!(&error, Error::DuplicateKey { key, line: 2, .. } if key == "kind"), "{error:?}");
}

#[test]
fn tags_cycles_numbers_and_bytes() {
    for text in ["a: !!python/object/apply:os.system [ls]", "a: !include /etc/passwd", "a: !foo bar"] {
        assert_eq!(yaml(text), ErrorCode::YamlInvalid, "{text}");
    }
    assert_ne!(yaml("a: &a [*a]"), ErrorCode::Internal);
    assert_eq!(yaml("a: .inf"), ErrorCode::YamlInvalid);
    assert_eq!(yaml("a: [1"), ErrorCode::YamlInvalid);
    let file = SourceFile { path: "x.yaml".into(), bytes: vec![0xff, 0xfe, 0x00] };
    assert_eq!(refused(|| manifest::parse(&[file], Limits::default())).0, ErrorCode::YamlInvalid);
}

#[test]
fn objects_that_are_none() {
    for text in ["- a\n- b\n", "just text", "kind: X", "apiVersion: v1\nkind: X\nmetadata: {}\n"] {
        assert_eq!(yaml(text), ErrorCode::ObjectInvalid, "{text}");
    }
    let nested = "{apiVersion: v1, kind: List, items: [".repeat(12) + &"]}".repeat(12);
    assert_eq!(yaml(&nested), ErrorCode::ObjectInvalid);
}

#[test]
fn sizes_are_checked_before_parsing() {
    let limits = Limits { bytes: 100, documents: 3, ..Limits::default() };
    assert_eq!(refused(|| manifest::parse_str(&"# x\n".repeat(100), limits)).0, ErrorCode::PackageTooLarge);
    let one = "apiVersion: v1\nkind: List\nitems:\n".to_owned();
    let items: String =
        (0..4).map(|index| format!("- {{apiVersion: v1, kind: X, metadata: {{name: n{index}}}}}\n")).collect();
    let limits = Limits { documents: 3, ..Limits::default() };
    assert_eq!(refused(|| manifest::parse_str(&(one + &items), limits)).0, ErrorCode::PackageTooLarge);
    let storm = "---\n{}\n".repeat(20_000);
    assert_eq!(yaml(&storm), ErrorCode::YamlBudget);
}

#[test]
fn yaml_as_kubernetes_reads_it() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nmode: 0644\nold: yes\ndata:\n  8080: text\n  base: &b {k: v}\n  more: {<<: *b, l: w}\n---\n# nothing\n---\napiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: z}}]\n";
    let documents = manifest::parse_str(text, Limits::default()).expect("it is valid");
    assert_eq!(documents.len(), 2);
    let object = &documents[0].object;
    assert_eq!((&object["mode"], &object["old"], &object["data"]["8080"]), (&420.into(), &true.into(), &"text".into()));
    assert_eq!(object["data"]["more"], serde_json::json!({"k": "v", "l": "w"}));
    assert_eq!((documents[1].kind(), documents[1].name(), documents[1].origin.index), ("ConfigMap", "z", 1));
}

#[test]
fn everything_selects_everything() {
    let object = |version: &str, kind: &str, index: usize, spec: serde_json::Value| Document {
        object: serde_json::json!({"apiVersion": version, "kind": kind, "metadata": {"name": format!("n{index}")}, "spec": spec}),
        origin: Origin::default(),
    };
    let mut documents = Vec::new();
    for index in 0..1_600 {
        let env = serde_json::json!([{"name": "X_HOST", "value": "n1 n2:80,n3:80,http://n4"}]);
        let pod = serde_json::json!({"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "env": env}]}});
        documents.push(object("apps/v1", "Deployment", index, serde_json::json!({"template": pod})));
        documents.push(object(
            "v1",
            "Service",
            index,
            serde_json::json!({"selector": {"a": "b"}, "ports": [{"port": 80}]}),
        ));
        documents.push(object("networking.k8s.io/v1", "NetworkPolicy", index, serde_json::json!({"podSelector": {}})));
    }
    let start = Instant::now();
    let render = Render::new(documents);
    let analysis = analyse(&render, &Options::default());
    assert!(start.elapsed() < SOON * 3, "{:?}", start.elapsed());
    assert!(analysis.notes.iter().any(|note| note.code == "scanBudget"));
    assert_eq!(analysis.components.len(), 1_600);
}

// Archives.

type Builder = tar::Builder<GzEncoder<Vec<u8>>>;

fn archive(fill: impl FnOnce(&mut Builder)) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    fill(&mut builder);
    builder.into_inner().expect("memory takes it").finish().expect("memory takes it")
}

/// Writes the name as it is: the builder itself refuses `..`.
fn entry(builder: &mut Builder, name: &str, kind: tar::EntryType, link: &str, content: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.as_gnu_mut().expect("a GNU header").name[..name.len()].copy_from_slice(name.as_bytes());
    if !link.is_empty() {
        header.set_link_name(link).expect("a short name");
    }
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_cksum();
    builder.append(&header, content).expect("memory takes it");
}

fn unpack(bytes: &[u8]) -> ErrorCode {
    refused(|| unpack_tgz(bytes, Limits::default())).0
}

#[test]
fn a_chart_is_unpacked() {
    let bytes = archive(|builder| {
        entry(builder, "shop/", tar::EntryType::Directory, "", b"");
        entry(builder, "./shop/Chart.yaml", tar::EntryType::Regular, "", b"name: shop\n");
        let mut header = tar::Header::new_ustar();
        header.set_size(2);
        header.set_cksum();
        builder.append_data(&mut header, format!("shop/{}.yaml", "n".repeat(180)), &b"a:"[..]).expect("a long name");
    });
    let files = unpack_tgz(&bytes, Limits::default()).expect("it is harmless");
    assert_eq!(files.len(), 2);
    assert_eq!((files[0].path.as_str(), files[0].bytes.as_slice()), ("shop/Chart.yaml", &b"name: shop\n"[..]));
    assert_eq!(files[1].path.len(), 190);
}

#[test]
fn names_that_leave_the_folder() {
    for name in ["../x.yaml", "a/../../x.yaml", "/etc/passwd", "C:/x.yaml", "a\\..\\x.yaml", "a/..", "a/\n"] {
        let bytes = archive(|builder| entry(builder, name, tar::EntryType::Regular, "", b"x"));
        assert_eq!(unpack(&bytes), ErrorCode::ArchiveUnsafe, "{name:?}");
    }
}

#[test]
fn links_devices_and_names_twice() {
    for kind in [
        tar::EntryType::Symlink,
        tar::EntryType::Link,
        tar::EntryType::Char,
        tar::EntryType::Block,
        tar::EntryType::Fifo,
    ] {
        let bytes = archive(|builder| entry(builder, "x.yaml", kind, "/etc/passwd", b""));
        assert_eq!(unpack(&bytes), ErrorCode::ArchiveUnsafe, "{kind:?}");
    }
    let twice = archive(|builder| {
        entry(builder, "x.yaml", tar::EntryType::Regular, "", b"1");
        entry(builder, "./x.yaml", tar::EntryType::Regular, "", b"2");
    });
    assert_eq!(unpack(&twice), ErrorCode::ArchiveUnsafe);
}

#[test]
fn a_pax_record_cannot_smuggle_a_path() {
    let bytes = archive(|builder| {
        builder.append_pax_extensions([("path", &b"../../etc/cron.d/x"[..])]).expect("memory takes it");
        entry(builder, "harmless.yaml", tar::EntryType::Regular, "", b"x");
    });
    assert_eq!(unpack(&bytes), ErrorCode::ArchiveUnsafe);
    let global = archive(|builder| {
        entry(builder, "pax_global_header", tar::EntryType::XGlobalHeader, "", b"18 comment=abcdef\n");
        entry(builder, "a.yaml", tar::EntryType::Regular, "", b"x");
    });
    assert_eq!(unpack_tgz(&global, Limits::default()).expect("git writes these").len(), 1);
}

#[test]
fn bombs_of_bytes_and_of_entries() {
    let zeros = vec![0_u8; 64 << 20];
    let bomb = archive(|builder| entry(builder, "x.yaml", tar::EntryType::Regular, "", &zeros));
    assert!(bomb.len() < 1 << 20, "64 MiB of nothing is small: {}", bomb.len());
    assert_eq!(unpack(&bomb), ErrorCode::PackageTooLarge);
    let many = archive(|builder| {
        (0..6_000).for_each(|index| entry(builder, &format!("d/{index}/"), tar::EntryType::Directory, "", b""))
    });
    assert_eq!(unpack(&many), ErrorCode::PackageTooLarge);
    let parts = vec![0_u8; 9 << 20];
    let sum = archive(|builder| {
        (0..2).for_each(|index| entry(builder, &format!("{index}.yaml"), tar::EntryType::Regular, "", &parts))
    });
    assert_eq!(unpack(&sum), ErrorCode::PackageTooLarge);
    // A long-name record is read before its entry is seen; the stream itself is bounded.
    let name = archive(|builder| entry(builder, "././@LongLink", tar::EntryType::GNULongName, "", &zeros));
    assert_eq!(unpack(&name), ErrorCode::PackageTooLarge);
}

#[test]
fn no_archive_at_all() {
    assert_eq!(unpack(b"PK\x03\x04 not gzip"), ErrorCode::PackageUnreadable);
    let whole = archive(|builder| entry(builder, "x.yaml", tar::EntryType::Regular, "", &[7; 100_000]));
    assert_eq!(unpack(&whole[..whole.len() / 2]), ErrorCode::PackageUnreadable);
    let limits = Limits { archive_bytes: 10, ..Limits::default() };
    assert_eq!(refused(|| unpack_tgz(&whole, limits)).0, ErrorCode::PackageTooLarge);
}
